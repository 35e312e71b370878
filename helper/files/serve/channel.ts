/** The process's side of the talk with the helper: whole frames, in blocking mode. */
import { readSync, writeSync } from 'node:fs'
import { FRAME_HEAD, type Frame, frameHead, frameLength, parseFrame } from '../frames.ts'
import type { FileRequest, ServeJob, Told } from '../requests.ts'

export const REQUESTS = 0
const ANSWERS = 1

export interface Question {
  readonly id: number
  readonly request: FileRequest
  readonly payload: Buffer
}

/** What is to be served. Only the helper writes here. */
export function readJob(): ServeJob | undefined {
  return readFrame()?.message as ServeJob | undefined
}

/** The next question, waited for; undefined when the helper has no more to ask. */
export function readQuestion(): Question | undefined {
  const frame = readFrame()
  return frame === undefined ? undefined : { id: frame.id, request: frame.message as FileRequest, payload: frame.payload }
}

function readFrame(): Frame | undefined {
  const head = readExactly(FRAME_HEAD)
  if (head === undefined) return undefined
  const rest = readExactly(frameLength(head) - FRAME_HEAD)
  return rest === undefined ? undefined : parseFrame(Buffer.concat([head, rest]))
}

function readExactly(size: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(size)
  for (let read = 0; read < size; ) {
    const count = readSync(REQUESTS, bytes, read, size - read, null)
    if (count === 0) return undefined
    read += count
  }
  return bytes
}

/** Sends a frame. It waits while the helper does not read. */
export function tell(id: number, message: Told, payload: Uint8Array = new Uint8Array()): void {
  writeAll(frameHead(id, message, payload.length))
  writeAll(payload)
}

function writeAll(bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(ANSWERS, bytes, sent, bytes.length - sent)
}
