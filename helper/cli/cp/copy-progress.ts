import { humanSize } from '../format/human.ts'
import type { Io } from '../io.ts'
import { write } from '../io.ts'

/** Counts the bytes of a copy, and shows them on a terminal. */
export interface CopyProgress {
  /** The pieces as they are, counted. */
  count(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void>
  /** Takes the count off the terminal. */
  clear(): Promise<void>
  /** Says that it is done, unless it is to be quiet. */
  done(destination: string): Promise<void>
}

const REFRESH = 75
const CLEAR_LINE = '\r\u001b[2K'

/** Quiet means that nothing is said, as it is without a terminal at stdout. */
export function copyProgress(io: Io, header: string, options: { readonly quiet: boolean }): CopyProgress {
  const shows = !options.quiet && io.stderr.isTTY === true
  let total = 0
  let shown = 0
  return {
    count: async function* (pieces) {
      for await (const piece of pieces) {
        total += piece.length
        if (shows && io.now() - shown >= REFRESH) {
          shown = io.now()
          await write(io.stderr, `${CLEAR_LINE}${header} - ${humanSize(total, 3)}`)
        }
        yield piece
      }
    },
    clear: async () => {
      if (shown > 0) await write(io.stderr, CLEAR_LINE)
    },
    done: async (destination) => {
      if (!options.quiet) await write(io.stderr, `Successfully copied ${humanSize(total, 3)} to ${destination}\n`)
    },
  }
}
