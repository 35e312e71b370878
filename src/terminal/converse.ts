/** A terminal and a process, connected: what the one writes is shown, what is typed goes to the other. */
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import { DetachScanner } from './detach-keys.ts'
import { rule } from './end-words.ts'
import { LineEditor } from './line-editor.ts'
import { framedReader, rawReader } from './output-text.ts'
import type { Connection, TerminalSize } from './program.ts'
import type { TerminalScreen } from './terminal-screen.ts'

export interface Conversation {
  readonly screen: TerminalScreen
  readonly connection: Connection
  /** What the detach keys send; empty for none. */
  readonly detachKeys: string
  /** The size that the process knows. */
  readonly size: TerminalSize | undefined
}

/** What an engine kept comes first, in one go. It does not say where that ends: at so many bytes, or at a pause of so many milliseconds. */
const MOST_REPLAYED = 256 << 10
const REPLAY_PAUSE = 200
/** A window that is dragged larger has a new size dozens of times a second. Milliseconds. */
const SIZE_SETTLES = 50
/** Milliseconds for a program to go by itself. */
const GOODBYE = 1_000
/** Milliseconds in which a second Ctrl+C means the first one. */
const AGAIN = 3_000

/** `broken`: the connection did not end as one does whose process has ended. */
export type End = 'ended' | 'broken' | 'detached'

/** Resolves when the connection has ended; the engine knows why. Errors: EngineError `bad-answer`. */
export async function converse({ screen, connection, detachKeys, size }: Conversation): Promise<End> {
  const { stream, past, goodbye } = connection
  let isDetached = false
  const leave = () => void stream.destroy()
  const scanner = new DetachScanner(detachKeys, {
    pass: inputTo(connection, screen),
    detach: () => {
      isDetached = true
      leave()
    },
  })
  const close = () => {
    if (goodbye === undefined) return leave()
    stream.end(goodbye)
    setTimeout(leave, GOODBYE).unref()
  }
  const resizing = followSize({ screen, connection, size })
  screen.closed.addEventListener('abort', close)
  if (screen.closed.aborted) close()
  screen.readInput((text) => scanner.type(text))
  try {
    if (past !== undefined) await screen.recall(past)
    const end = await show(connection, screen)
    return isDetached ? 'detached' : end
  } finally {
    screen.readInput(undefined)
    screen.closed.removeEventListener('abort', close)
    resizing.dispose()
    leave()
  }
}

async function show({ stream, isTerminal, isReplayed }: Connection, screen: TerminalScreen): Promise<'ended' | 'broken'> {
  const read = isTerminal ? rawReader() : framedReader()
  let replayable = isReplayed === true ? MOST_REPLAYED : 0
  let replayedUntil = performance.now() + REPLAY_PAUSE
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]()
  for (;;) {
    const chunk = await chunks.next().catch(() => 'broken' as const)
    if (chunk === 'broken') return chunk
    if (chunk.done === true) return 'ended'
    const text = read(chunk.value)
    if (replayable <= 0 || performance.now() > replayedUntil) {
      replayable = 0
      await screen.take(text)
      continue
    }
    replayable -= chunk.value.length
    replayedUntil = performance.now() + REPLAY_PAUSE
    await screen.recall(text)
  }
}

function inputTo(connection: Connection, screen: TerminalScreen): (text: string) => void {
  const { stream, isTerminal, takesInput } = connection
  const send = (text: string) => void (stream.writable && stream.write(text))
  if (isTerminal && takesInput) return send
  const interrupt = interruption(connection, screen)
  if (takesInput) {
    const editor = new LineEditor({ echo: (text) => screen.say(text), send, end: () => stream.end(), interrupt })
    return (text) => editor.type(text)
  }
  let isSaid = false
  return (text) => {
    if (text === '\x03' && !isTerminal) {
      interrupt()
      return
    }
    if (!isSaid) screen.say(rule(l10n.t('this container takes no input')))
    isSaid = true
  }
}

/** Ctrl+C is also what copies, where nothing is selected by mistake; and what ends with it here is a whole container. So it is meant the second time. */
function interruption({ stream, interrupt }: Connection, screen: TerminalScreen): () => void {
  let meant = 0
  return () => {
    if (interrupt === undefined) {
      stream.end()
      return
    }
    if (performance.now() > meant) {
      meant = performance.now() + AGAIN
      screen.say(rule(l10n.t('Ctrl+C again to interrupt the container’s own process')))
      return
    }
    meant = 0
    // An engine that cannot be asked shows by its stream.
    interrupt().catch(() => {})
  }
}

interface Sizing {
  readonly screen: TerminalScreen
  readonly connection: Connection
  readonly size: TerminalSize | undefined
}

function followSize({ screen, connection, size }: Sizing): Disposable {
  let timer: NodeJS.Timeout | undefined
  // An engine that cannot be asked shows by its stream.
  const send = (to: TerminalSize) => void connection.resize(to).catch(() => {})
  const now = screen.size
  if (now !== undefined && (now.columns !== size?.columns || now.rows !== size.rows)) send(now)
  const listening = screen.onDidResize((to) => {
    clearTimeout(timer)
    timer = setTimeout(() => send(to), SIZE_SETTLES)
  })
  return {
    dispose: () => {
      clearTimeout(timer)
      listening.dispose()
    },
  }
}
