import { PockerError } from '../api/errors.ts'
import type { InputStream } from './io.ts'

const INTERRUPT = 3
const END = 4
const BACKSPACES = [8, 127]
const CLEAR = 21
const LINE_ENDS = [10, 13]

/** The next line, trimmed; empty at the end of the input. */
export async function lineOf(stdin: InputStream): Promise<string> {
  const pieces: Uint8Array[] = []
  await eachPiece(stdin, (piece) => {
    const end = piece.indexOf(10)
    pieces.push(end < 0 ? piece : piece.subarray(0, end))
    return end < 0 ? undefined : piece.subarray(end + 1)
  })
  return Buffer.concat(pieces).toString('utf8').trim()
}

/** The next line that somebody types at a terminal, without showing it. Errors: `cancelled` for ctrl-c. */
export async function secretLineOf(stdin: InputStream): Promise<string> {
  const typed: number[] = []
  stdin.setRawMode?.(true)
  try {
    await eachPiece(stdin, (piece) => {
      for (const [at, byte] of piece.entries()) {
        if (byte === INTERRUPT) throw new PockerError('Cancelled', 'login has been cancelled', { code: 'cancelled' })
        if (byte === END || LINE_ENDS.includes(byte)) return piece.subarray(at + 1)
        if (byte === CLEAR) typed.length = 0
        else if (BACKSPACES.includes(byte)) eraseCharacter(typed)
        else typed.push(byte)
      }
      return undefined
    })
  } finally {
    stdin.setRawMode?.(false)
  }
  return Buffer.from(typed).toString('utf8')
}

/** One character can be several bytes: those that continue one begin with the bits 10. */
function eraseCharacter(bytes: number[]): void {
  for (let byte = bytes.pop(); byte !== undefined && (byte & 0xc0) === 0x80; ) byte = bytes.pop()
}

/** Hands over what comes until the reader says which bytes it leaves, or nothing more comes; those stay for the next reader. */
function eachPiece(stdin: InputStream, read: (piece: Uint8Array) => Uint8Array | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      stdin.pause()
      stdin.off('data', onData)
      stdin.off('end', onEnd)
      stdin.off('error', onError)
    }
    const onEnd = () => {
      stop()
      resolve()
    }
    const onError = (error: unknown) => {
      stop()
      reject(error)
    }
    const onData = (chunk: unknown) => {
      try {
        const rest = chunk instanceof Uint8Array ? read(chunk) : undefined
        if (rest === undefined) return
        onEnd()
        // Only now: a stream that still flows would hand them over again.
        if (rest.length > 0) stdin.unshift(rest)
      } catch (error) {
        onError(error)
      }
    }
    if (stdin.readableEnded || stdin.destroyed) return resolve()
    stdin.on('data', onData)
    stdin.once('end', onEnd)
    stdin.once('error', onError)
    stdin.resume()
  })
}
