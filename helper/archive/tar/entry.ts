/** What a tar archive says of one file. Names are byte strings (one character for each byte, `latin1`): tar promises no encoding. */

export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo'

export interface Moment {
  /** Since 1970; may be negative. */
  readonly seconds: number
  /** 0 to 999999999. */
  readonly nanoseconds: number
}

export interface TarEntry {
  readonly type: EntryType
  /** As written in the archive: it may be absolute, climb out with `..`, or be empty. */
  readonly path: string
  /** Target of a symbolic or hard link, as written. */
  readonly linkPath: string
  /** The twelve permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of the file as it is to be; holes count. */
  readonly size: number
  readonly mtime: Moment
  readonly deviceMajor: number
  readonly deviceMinor: number
  readonly xattrs: ReadonlyMap<string, Buffer>
  /** Has holes: its data comes in pieces with gaps between them. */
  readonly sparse: boolean
}

/** Gets an archive's entries in their order. */
export interface TarSink {
  begin(entry: TarEntry): void
  /** A piece of a file's content, to be used before returning: the memory is used again. Positions only grow. */
  data(piece: Buffer, position: number): void
  /** The file is complete. Called for each entry. */
  end(): void
}

/** A byte string as text for people: control characters and what is not UTF-8 become `?`, and it is cut to a readable length. */
export function showPath(path: string): string {
  const text = Buffer.from(path.slice(0, 400), 'latin1').toString('utf8')
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu, '?')
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown
}
