/** Starts Pocker on the machine that the extension runs on, with the editor's means. */
import { EngineError } from '../../client/engine-error.ts'
import type { LocalStart } from '../local-start.ts'
import { ownPayload } from './own-program.ts'
import type { Payload } from './payload.ts'
import { StartError, startError } from './start-error.ts'
import { type StartOptions, type StartResult, startHelper, whyImpossible } from './start-helper.ts'
import type { AskPassword } from './strategy.ts'
import type { Surroundings } from './surroundings.ts'

export interface LocalStartParts {
  readonly surroundings: Surroundings
  readonly extensionPath: string
  /** Somebody has said where it listens: what runs there is theirs. */
  readonly isNamed: () => boolean
  readonly askPassword: AskPassword
  readonly log: { info(message: string): void }
  /** Shows that it goes on; what `tell` is told is shown when the user has to see it. */
  readonly progress: <T>(work: (tell: (text: string) => void) => Promise<T>) => Promise<T>
  /** Both for tests. */
  readonly payload?: () => Payload
  readonly start?: (options: StartOptions) => Promise<StartResult>
}

/** Errors of `start`: StartError; `cancelled` where the user did not want to answer. */
export function localStart(parts: LocalStartParts): LocalStart {
  const {
    surroundings,
    extensionPath,
    isNamed,
    askPassword,
    log,
    progress,
    payload = () => ownPayload(extensionPath),
    start = startHelper,
  } = parts
  return {
    get impossible() {
      return isNamed() ? startError('socket-named') : whyImpossible(surroundings)
    },
    asksNothing: surroundings.uid === 0,
    start: async (purpose) => {
      if (isNamed()) throw startError('socket-named')
      const program = payload()
      try {
        const { helper, attempts } = await progress((tell) => start({ payload: program, surroundings, purpose, askPassword, tell }))
        log.info(`${purpose}: ${attempts.at(-1)?.strategy}: version ${helper.version}, process ${helper.pid}, ${helper.program}`)
      } catch (error) {
        if (error instanceof StartError) for (const line of error.tried) log.info(`${purpose}: ${line}`)
        if (error instanceof StartError && error.code === 'dismissed') throw new EngineError('cancelled', error.message, { cause: error })
        throw error
      }
    },
  }
}
