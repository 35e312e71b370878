/** Counts what an archive costs while it is unpacked. */
import { statfsSync } from 'node:fs'
import type { UnpackLimits } from '../archive.ts'
import { tooMuch } from '../tar/bad-archive.ts'
import type { TarEntry } from '../tar/entry.ts'
import { noSpace } from './failure.ts'

export const defaultLimits: UnpackLimits = { bytes: 256 * 2 ** 30, entries: 2_000_000, ratio: 1100 }

// gzip packs at most 1032 to 1; small archives of zeros are not worth a look.
const RATIO_FLOOR = 16 << 20
// The disk is asked again after so much has been written; others write to it too.
const ASK_EVERY = 64 << 20
// A folder or a file takes a block and a part of the tables.
const ENTRY_COST = 4096
// Their times are set last: so many are kept in memory.
const MAX_FOLDERS = 500_000

export class Budget {
  /** Bytes of all files so far, holes included. */
  bytes = 0
  private entries = 0
  private folders = 0
  private free = 0
  private readonly limits: UnpackLimits

  constructor(limits: Partial<UnpackLimits>) {
    this.limits = { ...defaultLimits, ...limits }
  }

  /** Before an entry is made. Errors: `archive-too-many-entries`, `archive-too-large`, `no-space`. */
  spendEntry(entry: TarEntry): void {
    this.count()
    if (entry.type === 'directory' && ++this.folders > MAX_FOLDERS) {
      throw tooMuch('archive-too-many-entries', `it has more than ${MAX_FOLDERS} folders`)
    }
    this.bytes += entry.size
    if (this.bytes > this.limits.bytes) throw tooMuch('archive-too-large', `its files have more than ${this.limits.bytes} bytes`)
    this.spend(ENTRY_COST + (entry.sparse ? 0 : entry.size))
  }

  /** Before a folder is made that has no entry: one name can ask for two thousand of them. Errors: as `spendEntry`. */
  spendFolder(): void {
    this.count()
    this.spend(ENTRY_COST)
  }

  /** Before bytes of a file with holes are written. Errors: `no-space`. */
  spend(bytes: number): void {
    this.free -= bytes
    if (this.free < 0) this.ask(bytes)
  }

  /** After a piece of the archive. Errors: `archive-ratio`. */
  checkRatio(input: number, output: number): void {
    if (output <= RATIO_FLOOR || output <= this.limits.ratio * input) return
    throw tooMuch('archive-ratio', `it unpacks to more than ${this.limits.ratio} times its size`)
  }

  private count(): void {
    if (++this.entries > this.limits.entries) throw tooMuch('archive-too-many-entries', `it has more than ${this.limits.entries} entries`)
  }

  private ask(wanted: number): void {
    const { bavail, blocks, bsize } = statfsSync('.')
    const reserve = Math.min(256 << 20, (blocks * bsize) / 20)
    const available = bavail * bsize - reserve
    if (available < wanted) throw noSpace(`the disk has ${Math.max(0, Math.floor((bavail * bsize) / 2 ** 20))} MiB left`)
    // What this file takes is accounted for now; more is asked for later.
    this.free = Math.min(available - wanted, ASK_EVERY)
  }
}
