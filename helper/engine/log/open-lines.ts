/** Which lines are in the midst of being written at a place of a log, and where they begin. */
import { framesBefore } from './backwards.ts'
import type { Frame } from './frame.ts'
import type { LogIndex } from './index.ts'
import { endOfPosition, type Position, positionGone } from './position.ts'
import type { Cut } from './tail.ts'

const NEWLINE = 10
/** How far back a stream's last bytes are looked for, and a line's beginning before the last piece of it that was found. */
const REACH = 1 << 20

export interface OpenLines {
  /** For each stream where its line begins that has bytes before the position and ends after it; undefined: none is open. */
  readonly begins: readonly [Cut | undefined, Cut | undefined, Cut | undefined]
}

/** Looks back from a position. Errors: NotFound `log-position-gone`, those of read(2). */
export async function openLinesAt(descriptor: number, index: LogIndex, position: Position): Promise<OpenLines> {
  const place = endOfPosition(descriptor, position)
  if (place === undefined) throw positionGone()
  const begins: [Cut | undefined, Cut | undefined, Cut | undefined] = [undefined, undefined, undefined]
  const isKnown = [false, false, false]
  for await (const { frames } of framesBefore(descriptor, index, place)) {
    for (const frame of frames.toReversed()) {
      if (frame.at > position.at || isKnown[frame.stream] === true) continue
      const begin = begins[frame.stream]
      if (begin !== undefined && begin.at - frame.at > REACH) isKnown[frame.stream] = true
      else {
        const found = beginIn(frame, frame.at === position.at ? position.byte + 1 : frame.data.length)
        isKnown[frame.stream] = found !== 'earlier'
        begins[frame.stream] = found === 'earlier' ? { at: frame.at, byte: 0 } : (found ?? begin)
      }
    }
    const first = frames[0]?.at ?? 0
    const isSought = (stream: 0 | 1 | 2) => isKnown[stream] === false && (begins[stream]?.at ?? position.at) - first <= REACH
    if (!isSought(0) && !isSought(1) && !isSought(2)) break
  }
  return { begins }
}

/** Where the line begins that the frame's bytes before `end` leave open; undefined when they leave none open. */
function beginIn({ at, data }: Frame, end: number): Cut | undefined | 'earlier' {
  const newline = end === 0 ? -1 : data.lastIndexOf(NEWLINE, end - 1)
  if (newline === -1) return 'earlier'
  return newline + 1 < end ? { at, byte: newline + 1 } : undefined
}
