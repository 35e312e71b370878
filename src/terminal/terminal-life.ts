/** A terminal's life: its program is connected to and shown until it ends, then started again if the user wants it; a lost host is waited for. */
import { sentenceOf } from '../errors/words.ts'
import type { Host } from '../hosts/host.ts'
import { converse } from './converse.ts'
import { endWords, failedWords, goneWords, lostWords, type Names, rule } from './end-words.ts'
import { isUnreachable, untilBack } from './host-back.ts'
import type { Connection, Outcome, Program } from './program.ts'
import type { TerminalScreen } from './terminal-screen.ts'
import { keyDuring, untilKey } from './until-key.ts'
import { untilNotRestarting } from './until-not-restarting.ts'

export interface Life {
  readonly screen: TerminalScreen
  readonly program: Program
  readonly host: Host
  readonly containerId: string
  /** Aborted when the host has been taken out of the list. */
  readonly hostGone: AbortSignal
  readonly names: () => Names
  /** What the detach keys send; empty for none. */
  readonly detachKeys: string
  /** `resume` for one that runs already. */
  readonly first: 'start' | 'resume'
  /** Its end has been shown: there is nothing to come back to. */
  readonly onEnded: () => void
  /** The user has left it running. */
  readonly onDetached: () => void
}

type Step = 'start' | 'resume' | Closing

interface Closing {
  readonly exitCode?: number
}

const CLOSE: Closing = {}

/** Resolves when the terminal is closed. */
export async function terminalLife(life: Life): Promise<void> {
  const { screen, host, first } = life
  await screen.opened
  // Its events tell when the host is lost, and when it is back.
  const watching = host.model.watch()
  try {
    let step: Step = first
    while (typeof step === 'string') step = await oneRound(life, step)
    screen.finish(step.exitCode)
  } finally {
    watching.dispose()
  }
}

async function oneRound(life: Life, step: 'start' | 'resume'): Promise<Step> {
  const { screen, program, detachKeys, onDetached } = life
  try {
    const { size } = screen
    const connected = await answered(life, () => (step === 'start' ? program.start(size) : program.resume(size)))
    if (connected === undefined) return CLOSE
    const connection = connected.value
    // What was shown before is part of what comes.
    if (connection !== undefined && bringsPast(connection) && !screen.isBlank) screen.clear()
    const end = connection === undefined ? 'ended' : await converse({ screen, connection, detachKeys, size })
    if (end === 'detached') onDetached()
    if (end === 'detached' || screen.closed.aborted) return CLOSE
    const outcome = await answered(life, () => program.outcome())
    if (outcome === undefined) return CLOSE
    // It was not taken off by anybody, it was the connection that did not hold.
    if (outcome.value.kind === 'runs-on' && (end === 'broken' || outcome.isLate)) return 'resume'
    return await afterEnd(life, outcome.value)
  } catch (error) {
    return await afterFailure(life, error)
  }
}

function bringsPast({ isReplayed, past }: Connection): boolean {
  return isReplayed === true || past !== undefined
}

async function afterEnd(life: Life, outcome: Outcome): Promise<Step> {
  const { screen, host, containerId, names, onEnded } = life
  screen.undoModes()
  say(screen, endWords(outcome, names()))
  switch (outcome.kind) {
    case 'restarts': {
      const key = await keyDuring(screen, ['escape'], (signal) => untilNotRestarting(host.model, containerId, signal))
      return key === 'escape' || screen.closed.aborted ? CLOSE : 'resume'
    }
    case 'runs-on':
      return (await untilKey(screen, { keys: ['enter', 'escape'] })) === 'enter' ? 'resume' : CLOSE
    case 'removed':
      onEnded()
      await untilKey(screen, { keys: ['escape'] })
      return CLOSE
    case 'exited':
      onEnded()
      return await startAgainOrClose(screen, outcome)
    case 'stopped':
    case 'forgotten':
      onEnded()
      return (await untilKey(screen, { keys: ['enter', 'escape'] })) === 'enter' ? 'start' : CLOSE
  }
}

async function startAgainOrClose(screen: TerminalScreen, { code, isRemoved }: Extract<Outcome, { kind: 'exited' }>): Promise<Step> {
  const key = await untilKey(screen, { keys: isRemoved === true ? ['escape'] : ['enter', 'escape'] })
  if (key === 'enter') return 'start'
  // VS Code shows a message for any other code, and it has been read here.
  return code === 0 ? { exitCode: 0 } : CLOSE
}

async function afterFailure({ screen, onEnded }: Life, error: unknown): Promise<Step> {
  if (screen.closed.aborted) return CLOSE
  screen.undoModes()
  say(screen, failedWords(sentenceOf(error)))
  onEnded()
  return (await untilKey(screen, { keys: ['enter', 'escape'] })) === 'enter' ? 'start' : CLOSE
}

interface Answer<T> {
  readonly value: T
  /** The host was away for a while. */
  readonly isLate: boolean
}

/** What the engine says, however long its host is away; nothing when the terminal is closed meanwhile. Errors: the engine's. */
async function answered<T>(life: Life, ask: () => Promise<T>): Promise<Answer<T> | undefined> {
  const { screen, names } = life
  for (let isLate = false; ; isLate = true) {
    try {
      return { value: await ask(), isLate }
    } catch (error) {
      if (!isUnreachable(error)) throw error
    }
    if (!isLate) {
      screen.undoModes()
      say(screen, lostWords(names()))
    }
    if (!(await isWorthAsking(life))) return undefined
  }
}

/** False when the terminal is closed instead. */
async function isWorthAsking({ screen, host, hostGone, names }: Life): Promise<boolean> {
  for (;;) {
    const key = await keyDuring(screen, ['enter', 'escape'], (signal) => untilBack(host, AbortSignal.any([signal, hostGone])))
    if (key === 'escape' || screen.closed.aborted) return false
    if (hostGone.aborted) {
      say(screen, goneWords(names()))
      await untilKey(screen, { keys: ['escape'] })
      return false
    }
    if (key === undefined) return true
    host.retry()
  }
}

function say(screen: TerminalScreen, words: string): void {
  screen.say((screen.isAtLineStart ? '' : '\r\n') + rule(words))
}
