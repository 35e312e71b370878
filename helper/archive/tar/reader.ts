/** Reads tar archives: ustar, GNU and pax, as they come, in pieces of any size and without copying files' content. */
import { badArchive, tooMuch } from './bad-archive.ts'
import type { TarEntry, TarSink } from './entry.ts'
import { BLOCK, type Header, isZeroBlock, parseHeader } from './header.ts'
import { describeEntry, type Extensions, mergeGlobal, noExtensions, storedSize } from './meta.ts'
import { parseDecimal, parsePax } from './pax.ts'
import { checkStretches, MapReader, parseOldSparse, parseOldSparseBlock, parsePaxSparse, type SparseMap, type Stretch } from './sparse.ts'

// One extended header; `maxMetaEntrySize` of other readers is the same.
const MAX_META = 1 << 20
// In a row, before the entry they are about: two of GNU's and one of pax is the most that makes sense.
const MAX_METAS = 8

/** What the next bytes are. */
type State = 'header' | 'secondZeroBlock' | 'meta' | 'oldSparseBlock' | 'sparseMap' | 'data' | 'padding' | 'over'

export class TarReader {
  private readonly sink: TarSink
  private state: State = 'header'
  /** A block of which a part has come. */
  private readonly block = Buffer.alloc(BLOCK)
  private filled = 0

  private extensions = noExtensions
  private metas = 0
  private metaType = ''
  private meta = Buffer.alloc(0)

  private header: Header | undefined
  /** Bytes of data of the entry that are still to come, and of its padding. */
  private remaining = 0
  private padding = 0
  private position = 0
  private stretches: Stretch[] = []
  private stretch = 0
  private stretchLeft = 0
  private sparseSize = 0
  private mapReader: MapReader | undefined

  constructor(sink: TarSink) {
    this.sink = sink
  }

  /** Whether the end-of-archive mark has been read: what follows is no longer looked at. */
  get isOver(): boolean {
    return this.state === 'over'
  }

  /** Takes the next piece and calls the sink for all that it completes. Errors: `bad-archive`, `archive-…`, and the sink's. */
  write(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      switch (this.state) {
        case 'over':
          return
        case 'data':
          at += this.takeData(piece, at)
          break
        case 'meta':
          at += this.takeMeta(piece, at)
          break
        case 'padding':
          at += this.skipPadding(piece.length - at)
          break
        default:
          at += this.takeBlock(piece, at)
      }
    }
  }

  /** The archive's end. Errors: `bad-archive` when it comes in the middle of something. */
  finish(): void {
    const isBetween = this.state === 'header' || this.state === 'secondZeroBlock'
    if (this.state === 'over' || (isBetween && this.filled === 0 && this.metas === 0)) return
    throw badArchive('it ends in the middle of an entry')
  }

  private takeBlock(piece: Buffer, at: number): number {
    if (this.filled === 0 && piece.length - at >= BLOCK) {
      this.useBlock(piece.subarray(at, at + BLOCK))
      return BLOCK
    }
    const count = Math.min(BLOCK - this.filled, piece.length - at)
    piece.copy(this.block, this.filled, at, at + count)
    this.filled += count
    if (this.filled === BLOCK) {
      this.filled = 0
      this.useBlock(this.block)
    }
    return count
  }

  private useBlock(block: Buffer): void {
    if (this.state === 'oldSparseBlock') this.addOldSparse(block)
    else if (this.state === 'sparseMap') this.addSparseMap(block)
    else if (block[0] === 0 && isZeroBlock(block)) this.endMark()
    else if (this.state === 'secondZeroBlock') throw badArchive('a block of zeros stands between its entries')
    else this.useHeader(parseHeader(block), block)
  }

  private endMark(): void {
    if (this.metas > 0) throw badArchive('it ends in the middle of an entry')
    this.state = this.state === 'header' ? 'secondZeroBlock' : 'over'
  }

  private useHeader(header: Header, block: Buffer): void {
    if ('xXgLK'.includes(header.type)) {
      this.beginMeta(header)
      return
    }
    // Volume labels and parts of archives that go over several tapes.
    if (header.type === 'V') {
      this.skip(header)
      return
    }
    this.header = header
    this.remaining = storedSize(header, this.extensions)
    if (!Number.isSafeInteger(this.remaining + BLOCK)) throw badArchive('an entry has an impossible size')
    this.padding = paddingOf(this.remaining)
    const { values } = this.extensions.pax
    if (header.type === 'S') this.beginOldSparse(block)
    else if (values.has('GNU.sparse.major')) this.beginSparseMap()
    else this.beginEntry(parsePaxSparse(this.extensions.pax))
  }

  private skip(header: Header): void {
    if (header.size < 0) throw badArchive('an entry has a negative size')
    this.padding = header.size + paddingOf(header.size)
    this.state = this.padding > 0 ? 'padding' : 'header'
  }

  private beginMeta(header: Header): void {
    if (header.size < 0 || header.size > MAX_META) {
      throw tooMuch('archive-header-too-large', `an extended header has ${header.size} bytes, more than ${MAX_META}`)
    }
    if (++this.metas > MAX_METAS) throw tooMuch('archive-header-too-large', `an entry has more than ${MAX_METAS} extended headers`)
    this.metaType = header.type
    this.meta = Buffer.alloc(header.size)
    this.position = 0
    this.padding = paddingOf(header.size)
    this.state = 'meta'
    if (header.size === 0) this.useMeta()
  }

  private takeMeta(piece: Buffer, at: number): number {
    const count = Math.min(this.meta.length - this.position, piece.length - at)
    piece.copy(this.meta, this.position, at, at + count)
    this.position += count
    if (this.position === this.meta.length) this.useMeta()
    return count
  }

  private useMeta(): void {
    this.extensions = addMeta(this.extensions, this.metaType, this.meta)
    // A global one belongs to no entry: the archive may end behind it.
    if (this.metaType === 'g') this.metas--
    this.meta = Buffer.alloc(0)
    this.state = this.padding > 0 ? 'padding' : 'header'
  }

  private beginOldSparse(block: Buffer): void {
    const { stretches, size, continued } = parseOldSparse(block)
    this.stretches = stretches
    this.sparseSize = size
    if (continued) this.state = 'oldSparseBlock'
    else this.beginEntry({ stretches, size })
  }

  private addOldSparse(block: Buffer): void {
    if (!parseOldSparseBlock(block, this.stretches)) this.beginEntry({ stretches: this.stretches, size: this.sparseSize })
  }

  private beginSparseMap(): void {
    const { values } = this.extensions.pax
    const version = `${values.get('GNU.sparse.major')?.toString('latin1')}.${values.get('GNU.sparse.minor')?.toString('latin1')}`
    const size = values.get('GNU.sparse.realsize')
    if (version !== '1.0' || size === undefined) throw badArchive(`a sparse map has the unknown version ${JSON.stringify(version)}`)
    this.sparseSize = parseDecimal(size, 'GNU.sparse.realsize')
    this.mapReader = new MapReader()
    this.state = 'sparseMap'
  }

  private addSparseMap(block: Buffer): void {
    this.remaining -= BLOCK
    if (this.remaining < 0) throw badArchive('a sparse map does not fit its data')
    const stretches = this.mapReader?.add(block)
    if (stretches === undefined) return
    this.mapReader = undefined
    this.beginEntry({ stretches, size: this.sparseSize })
  }

  private beginEntry(sparse: SparseMap | undefined): void {
    if (this.header === undefined) throw new Error('an entry without a header')
    const entry = describeEntry(this.header, this.extensions, sparse?.size ?? this.remaining)
    this.extensions = { ...noExtensions, global: this.extensions.global }
    this.metas = 0
    // Only files have data, whatever the size says: so do the readers that Docker and others use.
    if (entry.type !== 'file') {
      this.remaining = 0
      this.padding = 0
    }
    if (entry.type === 'directory' && this.header.type === '\0' && this.header.size > 0) throw badArchive('a folder has content')
    if (sparse !== undefined && entry.type === 'file') checkStretches(sparse, this.remaining)
    this.stretches = sparse?.stretches ?? [{ offset: 0, length: this.remaining }]
    this.stretch = -1
    this.begin(entry.type === 'file' ? { ...entry, sparse: sparse !== undefined } : { ...entry, size: 0 })
  }

  private begin(entry: TarEntry): void {
    this.sink.begin(entry)
    this.state = 'data'
    if (this.remaining === 0) this.endEntry()
    else this.nextStretch()
  }

  private nextStretch(): void {
    do this.stretchLeft = this.stretches[++this.stretch]?.length ?? 0
    while (this.stretchLeft === 0)
    this.position = this.stretches[this.stretch]?.offset ?? 0
  }

  private takeData(piece: Buffer, at: number): number {
    const count = Math.min(this.stretchLeft, piece.length - at)
    this.sink.data(at === 0 && count === piece.length ? piece : piece.subarray(at, at + count), this.position)
    this.position += count
    this.stretchLeft -= count
    this.remaining -= count
    if (this.remaining === 0) this.endEntry()
    else if (this.stretchLeft === 0) this.nextStretch()
    return count
  }

  private endEntry(): void {
    this.stretches = []
    this.sink.end()
    this.state = this.padding > 0 ? 'padding' : 'header'
  }

  private skipPadding(available: number): number {
    const count = Math.min(this.padding, available)
    this.padding -= count
    if (this.padding === 0) this.state = 'header'
    return count
  }
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK
}

function addMeta(extensions: Extensions, type: string, bytes: Buffer): Extensions {
  switch (type) {
    case 'L':
      return { ...extensions, longName: untilNul(bytes) }
    case 'K':
      return { ...extensions, longLink: untilNul(bytes) }
    case 'g':
      return { ...extensions, global: mergeGlobal(extensions.global, parsePax(bytes)) }
    default:
      return { ...extensions, pax: parsePax(bytes) }
  }
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end)
}
