const NEWLINE = 10
/** Where the kept bytes begin in the middle of a line, so many of them may be left out for the sake of a whole one. */
const LINE_REACH = 4096

/** The last bytes of a stream, in memory of a fixed size. Pages of it that were never written to cost nothing. */
export class RecentBytes {
  private readonly bytes: Buffer
  private written = 0

  constructor(limit: number) {
    this.bytes = Buffer.allocUnsafeSlow(limit)
  }

  push(data: Uint8Array): void {
    const { length } = this.bytes
    const last = data.subarray(Math.max(0, data.length - length))
    const at = (this.written + data.length - last.length) % length
    const first = last.subarray(0, length - at)
    this.bytes.set(first, at)
    this.bytes.set(last.subarray(first.length), 0)
    this.written += data.length
  }

  /** A copy, the oldest first. When older bytes have been dropped it begins at the beginning of a line, or at least of a character. */
  read(): Buffer {
    const { length } = this.bytes
    if (this.written <= length) return Buffer.from(this.bytes.subarray(0, this.written))
    const at = this.written % length
    const all = Buffer.concat([this.bytes.subarray(at), this.bytes.subarray(0, at)])
    return all.subarray(beginningOfText(all))
  }
}

function beginningOfText(bytes: Buffer): number {
  const newline = bytes.subarray(0, LINE_REACH).indexOf(NEWLINE)
  if (newline !== -1) return newline + 1
  let at = 0
  while (at < 3 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++
  return at
}
