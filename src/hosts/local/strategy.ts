/** One way to have a helper run, and how it went. */
import type { Started } from '../../../helper/api/helper.ts'
import type { StartError } from './start-error.ts'
import type { Surroundings } from './surroundings.ts'

export interface PasswordQuestion {
  /** What is asked for, in words for the user; plain text. */
  readonly prompt: string
  /** From 1: the one before was wrong when it is more. */
  readonly attempt: number
}

/** Asks the user; undefined when they do not want to. What they say goes to sudo's input and nowhere else. */
export type AskPassword = (question: PasswordQuestion) => Promise<string | undefined>

export interface StartContext {
  readonly surroundings: Surroundings
  /** The command that sets the program up and starts it, as root; its answer begins with the nonce. */
  readonly command: (nonce: string) => readonly string[]
  /** Why, in a sentence for the user. */
  readonly reason: string
  readonly askPassword: AskPassword
  /** Told of what sudo shows meanwhile ("Place your finger on the reader"); plain text. */
  readonly tell: (text: string) => void
  readonly signal: AbortSignal | undefined
}

export type Outcome =
  | { readonly kind: 'not-applicable'; readonly because: string }
  | { readonly kind: 'ready'; readonly helper: Started }
  /** `final`: the user has decided, and is not to be asked in another way. */
  | { readonly kind: 'failed'; readonly error: StartError; readonly final: boolean }

export interface Strategy {
  readonly id: string
  readonly attempt: (context: StartContext) => Promise<Outcome>
}

/** It does not apply, for this reason. */
export function notApplicable(because: string): Outcome {
  return { kind: 'not-applicable', because }
}

/** It has failed; another way may still work. */
export function failed(error: StartError): Outcome {
  return { kind: 'failed', error, final: false }
}

/** It has failed, and nothing else is to be tried. */
export function over(error: StartError): Outcome {
  return { kind: 'failed', error, final: true }
}
