/** The keys that have a meaning while no program reads them. */
import type { TerminalScreen } from './terminal-screen.ts'

export type Key = 'enter' | 'escape'

const KEYS: Readonly<Record<string, Key>> = { '\r': 'enter', '\x1b': 'escape' }

export interface KeyWait {
  readonly keys: readonly Key[]
  /** Makes it give up. */
  readonly signal?: AbortSignal
}

/** The first of these keys that is pressed from now on; nothing when the terminal is closed, or the signal comes first. */
export function untilKey(screen: TerminalScreen, { keys, signal }: KeyWait): Promise<Key | undefined> {
  // What was meant for the program must not be taken for an answer.
  screen.dropTypedAhead()
  return new Promise((resolve) => {
    const done = (key?: Key) => {
      screen.readInput(undefined)
      screen.closed.removeEventListener('abort', giveUp)
      signal?.removeEventListener('abort', giveUp)
      resolve(key)
    }
    const giveUp = () => done()
    screen.closed.addEventListener('abort', giveUp)
    signal?.addEventListener('abort', giveUp)
    if (screen.closed.aborted || signal?.aborted === true) return done()
    screen.readInput((text) => {
      const key = KEYS[text]
      if (key !== undefined && keys.includes(key)) done(key)
    })
  })
}

/** Waits for something, or for one of the keys; nothing when it was not a key. `work` ends with its signal. */
export async function keyDuring(
  screen: TerminalScreen,
  keys: readonly Key[],
  work: (signal: AbortSignal) => Promise<void>,
): Promise<Key | undefined> {
  const over = new AbortController()
  const key = await Promise.race([untilKey(screen, { keys, signal: over.signal }), work(over.signal).then(() => undefined)])
  over.abort()
  return key
}
