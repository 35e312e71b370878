/** What it would take to have the helper run, found out without doing anything. */
import { askHelper } from './ask-helper.ts'
import type { StartError } from './start-error.ts'
import { whyImpossible } from './start-helper.ts'
import { ownSocket, type Surroundings } from './surroundings.ts'

export type StartNeed =
  /** It runs, and has let this user in. */
  | { readonly kind: 'none'; readonly socket: string }
  /** The user is root: it can be started at once, and nobody is asked. */
  | { readonly kind: 'start' }
  /** The user has to want it, and perhaps to give a password. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'impossible'; readonly error: StartError }

/** Looks, and starts no program. Errors: a helper that answers nonsense. */
export async function startNeed(surroundings: Surroundings): Promise<StartNeed> {
  const socket = ownSocket(surroundings)
  if ((await askHelper(socket)) !== undefined) return { kind: 'none', socket }
  const error = whyImpossible(surroundings)
  if (error !== undefined) return { kind: 'impossible', error }
  return { kind: surroundings.uid === 0 ? 'start' : 'ask' }
}
