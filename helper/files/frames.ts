/**
 * What goes between the helper and a process that serves files: a number that ties an answer to its request, a message in JSON, and bytes of
 * a file that need not be made into text.
 */

export interface Frame {
  readonly id: number
  readonly message: unknown
  readonly payload: Buffer
}

/** Bytes before the message: the length of what follows the first number, the frame's number, the message's length. */
export const FRAME_HEAD = 12
/** A list of the longest names that are shown at once. */
const MAX_FRAME = 64 << 20

const NOTHING = Buffer.alloc(0)

/** A frame's bytes before its payload. */
export function frameHead(id: number, message: unknown, payloadLength: number): Buffer {
  const text = JSON.stringify(message)
  const size = Buffer.byteLength(text)
  const bytes = Buffer.allocUnsafe(FRAME_HEAD + size)
  bytes.writeUInt32LE(FRAME_HEAD - 4 + size + payloadLength, 0)
  bytes.writeUInt32LE(id, 4)
  bytes.writeUInt32LE(size, 8)
  bytes.write(text, FRAME_HEAD)
  return bytes
}

/** The length of a frame by its head. Errors: RangeError for what is none. */
export function frameLength(head: Buffer): number {
  const length = head.readUInt32LE(0) + 4
  if (length < FRAME_HEAD || length > MAX_FRAME || head.readUInt32LE(8) > length - FRAME_HEAD) throw new RangeError('a frame has no length')
  return length
}

/** A whole frame. Errors: SyntaxError for what is not JSON. */
export function parseFrame(bytes: Buffer): Frame {
  const end = FRAME_HEAD + bytes.readUInt32LE(8)
  return { id: bytes.readUInt32LE(4), message: JSON.parse(bytes.toString('utf8', FRAME_HEAD, end)), payload: bytes.subarray(end) }
}

/** Takes a stream apart. */
export class FrameReader {
  private pieces: Buffer[] = []
  private size = 0
  private wanted = FRAME_HEAD

  /** The frames that are whole with this piece. Errors: RangeError, SyntaxError. */
  add(piece: Buffer): Frame[] {
    this.pieces.push(piece)
    this.size += piece.length
    const frames: Frame[] = []
    while (this.size >= this.wanted) {
      const bytes = this.gather()
      this.wanted = frameLength(bytes)
      if (this.size < this.wanted) break
      frames.push(parseFrame(bytes.subarray(0, this.wanted)))
      const rest = bytes.subarray(this.wanted)
      this.pieces = rest.length === 0 ? [] : [rest]
      this.size = rest.length
      this.wanted = FRAME_HEAD
    }
    return frames
  }

  private gather(): Buffer {
    const [first = NOTHING, ...more] = this.pieces
    const bytes = more.length === 0 ? first : Buffer.concat(this.pieces, this.size)
    this.pieces = [bytes]
    return bytes
  }
}
