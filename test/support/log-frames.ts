/** Reads the keeper's log the plain way, so that the keeper is not tested by the reader that was written for it. */
import { readFileSync } from 'node:fs'

export interface Frame {
  /** 0 for a terminal's output, 1 and 2 for a program's own. */
  readonly stream: number
  readonly seconds: number
  readonly data: Buffer
}

const HEADER = 32

/** All frames behind the hole that rotation has left at the front. Errors: when anything else lies between frames. */
export function readFrames(path: string): Frame[] {
  const log = readFileSync(path)
  const frames: Frame[] = []
  let at = log.findIndex((byte) => byte !== 0)
  if (at < 0) return frames
  while (at < log.length) {
    if (log.toString('latin1', at, at + 4) !== 'PLog') throw new Error(`no frame at ${at} of ${log.length}`)
    const length = Number(log.readBigUInt64LE(at + 8))
    if (at + HEADER + length > log.length) throw new Error(`the frame at ${at} is longer than the log`)
    frames.push({
      stream: log.readUInt32LE(at + 4),
      seconds: Number(log.readBigInt64LE(at + 16)),
      data: log.subarray(at + HEADER, at + HEADER + length),
    })
    at += HEADER + length
  }
  return frames
}

/** What was written to one stream, whole. */
export function streamText(frames: readonly Frame[], stream: number): string {
  return Buffer.concat(frames.filter((frame) => frame.stream === stream).map(({ data }) => data)).toString('latin1')
}
