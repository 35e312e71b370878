/** Has a helper run on this machine: the first of several ways that works. */
import { bootstrapCommand } from '../../../helper/api/bootstrap.ts'
import type { Started } from '../../../helper/api/helper.ts'
import { askHelper } from './ask-helper.ts'
import type { Payload } from './payload.ts'
import { type StartError, startError } from './start-error.ts'
import { purposeCommand, purposeWords, type StartPurpose } from './start-purpose.ts'
import { alreadyRoot } from './strategies/already-root.ts'
import { dialog } from './strategies/dialog.ts'
import { running } from './strategies/running.ts'
import { sudoWithPassword } from './strategies/sudo-with-password.ts'
import { doasWithoutQuestion, sudoWithoutQuestion } from './strategies/without-question.ts'
import { type AskPassword, failed, type Outcome, type StartContext, type Strategy } from './strategy.ts'
import { findProgram, ownSocket, type Surroundings } from './surroundings.ts'

/** In their order: those that ask nobody, then the desktop's dialog, then the editor's. */
const STRATEGIES: readonly Strategy[] = [running, alreadyRoot, sudoWithoutQuestion, doasWithoutQuestion, dialog, sudoWithPassword]

export interface StartOptions {
  readonly payload: Payload
  readonly surroundings: Surroundings
  readonly askPassword: AskPassword
  /** Told of what sudo shows meanwhile; plain text. */
  readonly tell?: (text: string) => void
  readonly signal?: AbortSignal
  /** To have a helper run, when left out. */
  readonly purpose?: StartPurpose
  /** Other places than the usual ones. */
  readonly places?: { readonly dataRoot?: string; readonly bases?: readonly string[] }
}

export interface Attempted {
  readonly strategy: string
  readonly outcome: Outcome
}

export interface StartResult {
  readonly helper: Started
  /** All that was tried, for the log: no password is in it. */
  readonly attempts: readonly Attempted[]
}

/**
 * Starts the helper, or finds it running. Errors: StartError, which says what was tried.
 * `strategies` is for tests.
 */
export async function startHelper(options: StartOptions, strategies = STRATEGIES): Promise<StartResult> {
  const { purpose = 'start', surroundings } = options
  const impossible = whyImpossible(surroundings)
  const attempts: Attempted[] = []
  for (const strategy of strategies) {
    if (strategy === running && purpose !== 'start') continue
    // A helper that runs may be reached even from where none could be started.
    if (strategy !== running && impossible !== undefined) throw impossible
    const outcome = await attempt(strategy, contextOf(options))
    attempts.push({ strategy: strategy.id, outcome })
    if (outcome.kind === 'ready') return { helper: await connected(surroundings, outcome.helper), attempts }
    if (outcome.kind === 'failed' && outcome.final) throw withAttempts(outcome.error, attempts)
  }
  const failure = attempts.map(({ outcome }) => outcome).findLast((outcome) => outcome.kind === 'failed')
  throw withAttempts(failure?.error ?? startError('no-way-to-root'), attempts)
}

/** Why no helper can be started from this editor at all; undefined when one perhaps can. */
export function whyImpossible({ platform, sandbox }: Surroundings): StartError | undefined {
  if (platform !== 'linux') return startError('platform-unsupported')
  return sandbox === undefined ? undefined : startError('sandboxed')
}

/**
 * The same as a program and its arguments for a terminal, where sudo asks by itself: for when it cannot be asked from here.
 * Undefined without sudo.
 */
export function terminalCommand(options: CommandOptions): [string, ...string[]] | undefined {
  const sudo = findProgram(options.surroundings, 'sudo')
  return sudo === undefined ? undefined : [sudo, '--', ...commandOf(options, '')]
}

function contextOf(options: StartOptions): StartContext {
  const { surroundings, askPassword, tell = () => undefined, signal, purpose = 'start' } = options
  return { surroundings, command: (nonce) => commandOf(options, nonce), reason: purposeWords(purpose), askPassword, tell, signal }
}

type CommandOptions = Pick<StartOptions, 'payload' | 'surroundings' | 'places' | 'purpose'>

function commandOf({ surroundings, payload, places = {}, purpose = 'start' }: CommandOptions, nonce: string) {
  const words = purposeCommand(purpose, { ...places, uid: surroundings.uid, runRoot: surroundings.runRoot })
  return bootstrapCommand({
    nonce,
    source: payload.source,
    files: payload.files,
    words: nonce === '' ? words : [...words, '--nonce', nonce],
    ...(places.bases === undefined ? {} : { bases: places.bases }),
  })
}

/** What nobody foresaw, such as a program that cannot be started, is a failure of this way, and another may still work. */
async function attempt(strategy: Strategy, context: StartContext): Promise<Outcome> {
  try {
    return await strategy.attempt(context)
  } catch (cause) {
    return failed(startError('no-answer', { cause }))
  }
}

/** What has been started must answer to this user. */
async function connected(surroundings: Surroundings, helper: Started): Promise<Started> {
  const facts = await askHelper(ownSocket(surroundings)).catch((cause: unknown) => {
    throw startError('not-connected', { cause })
  })
  if (facts === undefined) throw startError('not-connected')
  return helper
}

function withAttempts(error: StartError, attempts: readonly Attempted[]): StartError {
  error.tried = attempts.map(({ strategy, outcome }) => `${strategy}: ${describe(outcome)}`)
  return error
}

function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ready':
      return 'ready'
    case 'not-applicable':
      return `not applicable, ${outcome.because}`
    case 'failed':
      return `failed, ${outcome.error.message}`
  }
}
