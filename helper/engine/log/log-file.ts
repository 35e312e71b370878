/** A log file as all its readers share it: opened while anyone reads, its index kept. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { HEADER_SIZE } from './frame.ts'
import { LogIndex } from './index.ts'
import { FileWatch } from './watch.ts'

export interface Look {
  readonly size: number
  /** Rises when the file has begun anew: the writer empties it where the filesystem cannot free a part of a file. */
  readonly generation: number
}

export class LogFile {
  readonly path: string
  readonly index = new LogIndex()
  readonly watch: FileWatch
  #descriptor: number | undefined
  #users = 0
  #generation = 0
  #size = 0
  #head = Buffer.alloc(0)

  constructor(path: string) {
    this.path = path
    this.watch = new FileWatch(path)
  }

  /** Opens the file for one reader more, who owes a `release`. The file is made when it is missing: it can be waited for then. */
  acquire(): number {
    const flags = constants.O_RDONLY | constants.O_CREAT | constants.O_NOFOLLOW
    this.#descriptor ??= openSync(this.path, flags, 0o600)
    this.#users++
    return this.#descriptor
  }

  release(): void {
    this.#users--
    if (this.#users > 0 || this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  /** The file's size, and whether it still is the one whose places are known. Precondition: acquired. */
  look(): Look {
    const descriptor = this.#descriptor
    if (descriptor === undefined) throw new TypeError(`look at ${this.path}: it is not open`)
    const { size } = fstatSync(descriptor)
    const head = Buffer.alloc(HEADER_SIZE)
    const length = readSync(descriptor, head, 0, HEADER_SIZE, 0)
    if (size < this.#size || this.#isOther(head)) {
      this.#generation++
      this.index.clear()
    }
    this.#size = size
    this.#head = head.subarray(0, length)
    return { size, generation: this.#generation }
  }

  /** A first header that is neither the one seen before nor freed: the file was emptied and has outgrown its old size since. */
  #isOther(head: Buffer): boolean {
    const known = Math.min(this.#head.length, head.length)
    return head[0] !== 0 && this.#head[0] !== 0 && head.compare(this.#head, 0, known, 0, known) !== 0
  }
}
