/** A place in a log as clients hold it: a text that means nothing to them, of a byte that will always be the same one. */
import { readSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { blockOf, type Frame, HEADER_SIZE, headerOf } from './frame.ts'

/** The byte of a frame that a line ends with. */
export interface Position {
  /** Where the frame begins in the file. */
  readonly at: number
  /** In the frame's data. */
  readonly byte: number
  /** The frame's moment, by which it is known again: a log may have been emptied, and others may stand at its place. */
  readonly seconds: number
  readonly nanoseconds: number
}

/** The place before everything. */
export const START = 'start'

const PATTERN = /^([0-9a-z]{1,11})-([0-9a-z]{1,4})-([0-9a-z]{1,11})-([0-9a-z]{1,6})$/

/** The position of a byte of the frame's. */
export function positionOf({ at, seconds, nanoseconds }: Frame, byte: number): Position {
  return { at, byte, seconds, nanoseconds }
}

/** As clients get it. */
export function writePosition({ at, byte, seconds, nanoseconds }: Position): string {
  return [at, byte, seconds, nanoseconds].map((number) => number.toString(36)).join('-')
}

/** Errors: PockerError InvalidParameter `bad-log-position`. */
export function readPosition(text: string): Position {
  const [at, byte, seconds, nanoseconds] = (PATTERN.exec(text) ?? []).slice(1).map((part) => Number.parseInt(part, 36))
  if (at === undefined || byte === undefined || seconds === undefined || nanoseconds === undefined || !Number.isSafeInteger(at)) {
    throw new PockerError('InvalidParameter', `read log: '${text.slice(0, 60)}' is no position`, { code: 'bad-log-position' })
  }
  return { at, byte, seconds, nanoseconds }
}

/** Before, at or after the other: negative, 0 or positive. */
export function comparePositions(one: Position, other: Position): number {
  return one.at - other.at || one.byte - other.byte
}

/**
 * Where the position's frame ends; undefined when the writer has freed it, so that nothing before it is left either.
 * Errors: PockerError NotFound `log-position-gone`.
 */
export function endOfPosition(descriptor: number, position: Position): number | undefined {
  const bytes = Buffer.alloc(HEADER_SIZE)
  const count = readSync(descriptor, bytes, 0, HEADER_SIZE, position.at)
  const header = headerOf(blockOf(bytes.subarray(0, count), position.at), 0)
  if (header?.seconds === position.seconds && header.nanoseconds === position.nanoseconds && position.byte < header.length) {
    return position.at + HEADER_SIZE + header.length
  }
  if (count === HEADER_SIZE && bytes.every((byte) => byte === 0)) return undefined
  throw positionGone()
}

/** Errors of a place that is not what it was. */
export function positionGone(): PockerError {
  return new PockerError('NotFound', 'read log: what was at this position is gone', {
    code: 'log-position-gone',
    hint: 'read the log from its end again',
  })
}
