/** Files of places as an editor asks for them (`vscode.FileSystemProvider`), without an editor. */
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import type { Disposable } from 'vscode'
import type { FileChange, FileKind, FileStat } from '../../helper/api/files.ts'
import { EngineError } from '../client/engine-error.ts'
import { Emitter } from '../events/emitter.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { globsMatch } from './globs.ts'
import { type FileRef, isBelow, isSamePlace } from './place.ts'
import { filesOf } from './place-access.ts'
import { carryOver } from './transfer/carry-over.ts'
import type { Watches } from './watches.ts'

/** An editor takes a file as a whole, and over a connection: what is larger is better looked at elsewhere. */
export const LARGEST_TO_OPEN = 64 << 20

export interface RefChange {
  readonly kind: 'created' | 'changed' | 'deleted'
  readonly ref: FileRef
  /** It may have changed before it was watched; most have not. */
  readonly isUnsure?: true
}

export interface FileSystemParts {
  readonly hosts: Hosts
  readonly watches: Watches
  /** Files that are open in editors: when it is not known what has changed, they are read again. */
  readonly openFiles: () => readonly FileRef[]
}

/** `vscode.FileType`: what it is, and whether it is a link to that. */
export function fileType({ kind, target }: { readonly kind: FileKind; readonly target?: FileKind | undefined }): number {
  const types = { file: 1, folder: 2, other: 0, link: 0 }
  return kind === 'link' ? 64 | (target === undefined ? 0 : types[target]) : types[kind]
}

// Several changes come in one piece, and each message to the editor costs more than a change.
const GATHER = 20

export class FileSystem {
  readonly #parts: FileSystemParts
  readonly #changed = new Emitter<readonly RefChange[]>()
  #waiting: RefChange[] = []
  #timer: NodeJS.Timeout | undefined
  readonly onDidChange = this.#changed.event

  constructor(parts: FileSystemParts) {
    this.#parts = parts
  }

  /** What is there; of a link what it leads to, with `type` telling that it is one. */
  async stat({ place, path }: FileRef): Promise<FileStat & { readonly type: number }> {
    const files = await this.#files(place)
    const own = await files.stat(path)
    if (own.kind !== 'link') return { ...own, type: fileType(own) }
    // A link that leads nowhere is there, and can be deleted.
    const target = await files.stat(path, { follow: true }).catch(() => undefined)
    return { ...(target ?? own), type: fileType({ kind: 'link', target: target?.kind }) }
  }

  async list({ place, path }: FileRef): Promise<[name: string, type: number][]> {
    const { entries } = await (await this.#files(place)).list(path)
    return entries.map((entry) => [entry.name, fileType(entry)])
  }

  /** Errors: those of `Files`, EngineError `too-large-to-open`. */
  async read({ place, path }: FileRef): Promise<Buffer> {
    const files = await this.#files(place)
    const { size } = await files.stat(path, { follow: true })
    if (size > LARGEST_TO_OPEN) throw tooLarge(path)
    const pieces: Buffer[] = []
    let read = 0
    // A file of the kernel says it is empty, and one that is being written grows.
    for await (const piece of await files.content(path)) {
      read += piece.length
      if (read > LARGEST_TO_OPEN) throw tooLarge(path)
      pieces.push(piece)
    }
    return Buffer.concat(pieces, read)
  }

  async write(
    { place, path }: FileRef,
    content: Uint8Array,
    options: { readonly create: boolean; readonly overwrite: boolean },
  ): Promise<void> {
    const input = Readable.from(content.length === 0 ? [] : [Buffer.from(content.buffer, content.byteOffset, content.byteLength)])
    await (await this.#files(place)).write(path, input, options)
    this.tell('changed', { place, path })
  }

  async makeFolder({ place, path }: FileRef): Promise<void> {
    await (await this.#files(place)).makeFolder(path)
    this.tell('created', { place, path })
  }

  async remove({ place, path }: FileRef, { recursive }: { readonly recursive: boolean }): Promise<void> {
    await (await this.#files(place)).remove(path, { recursive })
    this.tell('deleted', { place, path })
  }

  async rename(from: FileRef, to: FileRef, { overwrite }: { readonly overwrite: boolean }): Promise<void> {
    const files = await this.#files(from.place)
    if (isSamePlace(from.place, to.place)) await files.rename(from.path, to.path, { overwrite })
    else {
      await this.#carry(from, to, { overwrite })
      await files.remove(from.path, { recursive: true })
    }
    this.tell('deleted', from)
    this.tell('created', to)
  }

  async copy(from: FileRef, to: FileRef, { overwrite }: { readonly overwrite: boolean }): Promise<void> {
    if (isSamePlace(from.place, to.place)) await (await this.#files(from.place)).copy(from.path, to.path, { overwrite })
    else await this.#carry(from, to, { overwrite })
    this.tell('created', to)
  }

  /** Tells changes below a path, but for what `excludes` (globs) leaves out. */
  watch(ref: FileRef, { recursive, excludes }: { readonly recursive: boolean; readonly excludes: readonly string[] }): Disposable {
    const isExcluded = globsMatch(excludes, ref.path)
    let isOver = false
    const watching = this.#parts.watches.watch(ref, { recursive }, (change) => {
      if (change.kind === 'overflow') this.#tellAllBelow(ref)
      else if (!isExcluded(change.path)) this.#tellChange(ref, change)
    })
    // An editor reads a file and has it watched side by side: what has changed in between is told by nobody else.
    void watching.armed.then((isArmed) => {
      if (isArmed && !isOver) this.#tellAllBelow(ref, { isUnsure: true })
    })
    return {
      dispose: () => {
        isOver = true
        watching.dispose()
      },
    }
  }

  /** Tells listeners what has happened to a file. */
  tell(kind: RefChange['kind'], ref: FileRef): void {
    this.#tell({ kind, ref })
  }

  #tell(change: RefChange): void {
    this.#waiting.push(change)
    this.#timer ??= setTimeout(() => {
      const changes = this.#waiting
      this.#timer = undefined
      this.#waiting = []
      this.#changed.fire(changes)
    }, GATHER)
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#changed.dispose()
  }

  #tellChange({ place }: FileRef, { kind, path }: FileChange): void {
    if (kind !== 'ready' && kind !== 'overflow') this.tell(kind, { place, path })
  }

  /** Anything may have happened: whoever shows it has to look for themselves. */
  #tellAllBelow(ref: FileRef, unsure: Pick<RefChange, 'isUnsure'> = {}): void {
    this.#tell({ kind: 'changed', ref, ...unsure })
    for (const open of this.#parts.openFiles()) {
      if (open.path !== ref.path && isBelow(open.path, ref.path) && isSamePlace(open.place, ref.place))
        this.#tell({ kind: 'changed', ref: open, ...unsure })
    }
  }

  async #files(place: FileRef['place']) {
    return await filesOf(this.#parts.hosts, place)
  }

  async #carry(from: FileRef, to: FileRef, { overwrite }: { readonly overwrite: boolean }): Promise<void> {
    const [source, target] = await Promise.all([this.#files(from.place), this.#files(to.place)])
    await carryOver({ source, from: from.path, target, to: to.path, overwrite })
  }
}

function tooLarge(path: string): EngineError {
  return new EngineError('too-large-to-open', `read '${posix.basename(path)}': it has more than ${LARGEST_TO_OPEN >> 20} MB`)
}
