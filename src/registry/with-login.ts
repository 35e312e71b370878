/** Work with a registry that may want to know who asks. */
import * as l10n from '@vscode/l10n'
import type { Ask } from '../ask/ask.ts'
import { codeOf, statusOf } from '../client/engine-problem.ts'
import { plainText } from '../text/plain-text.ts'
import type { Login, Logins } from './logins.ts'

/** Headers for the engine, which hands them on to this registry alone. */
type Headers = Readonly<Record<string, string>>

/** Tries with what is known; where the registry refuses, asks and tries once more. Errors: those of `attempt`. */
export type WithLogin = <T>(registry: string, attempt: (headers: Headers) => Promise<T>) => Promise<T>

/** Asks by `ask` and keeps a login only where the user says so. */
export function withLogin(ask: Ask, logins: Logins): WithLogin {
  return async (registry, attempt) => {
    const known = await logins.find(registry)
    try {
      return await attempt(headersOf(registry, known))
    } catch (error) {
      if (!needsLogin(error)) throw error
      const given = await askLogin(ask, registry, known)
      if (given === undefined) throw error
      const result = await attempt(headersOf(registry, given.login))
      logins.use(registry, given.login)
      if (given.isKept) await logins.keep(registry, given.login)
      return result
    }
  }
}

/** Asks which login to forget. */
export async function forgetLogin(ask: Ask, logins: Logins): Promise<void> {
  const { registries } = logins
  const rows = registries.map((id) => ({ id, label: plainText(id), icon: 'key' }))
  const none = { id: '', label: l10n.t('No login is kept.'), icon: 'info' }
  const answer = await ask.pick({
    title: l10n.t('Forget Registry Login'),
    placeholder: l10n.t('Which registry’s?'),
    rows: rows.length === 0 ? [none] : rows,
  })
  if (answer.kind === 'picked' && answer.id !== '') await logins.forget(answer.id)
}

/** Docker's `X-Registry-Auth`: base64 for URLs, with the padding that Go insists on. */
export function headersOf(registry: string, login: Login | undefined): Headers {
  if (login === undefined) return {}
  const json = JSON.stringify({ ...login, serveraddress: registry })
  return { 'X-Registry-Auth': Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_') }
}

// Docker tells of it in words alone, and of a private image on its Hub as of one that is not there.
const REFUSED = /docker login|unauthorized|authentication required|no basic auth credentials|access to the resource is denied/i

/** Whether a registry wants another login. */
export function needsLogin(error: unknown): boolean {
  const code = codeOf(error)
  if (code === 'auth-required' || code === 'auth-failed' || statusOf(error) === 401) return true
  return error instanceof Error && REFUSED.test(error.message)
}

async function askLogin(
  ask: Ask,
  registry: string,
  known: Login | undefined,
): Promise<{ readonly login: Login; readonly isKept: boolean } | undefined> {
  const title = l10n.t('Log in to {0}', plainText(registry))
  const username = await ask.input({
    title,
    prompt:
      known === undefined
        ? l10n.t('The registry refuses without a login: this is private there, or does not exist. Your name there:')
        : l10n.t('The registry refuses the login that was given. Your name there:'),
    value: known?.username ?? '',
    check: (text) => (text.trim() === '' ? l10n.t('It needs a name.') : undefined),
  })
  if (username === undefined) return undefined
  const password = await ask.input({
    title,
    prompt: l10n.t('Your password or access token; it is sent to this registry alone.'),
    value: '',
    isSecret: true,
    check: (text) => (text === '' ? l10n.t('It needs a password.') : undefined),
  })
  if (password === undefined) return undefined
  const answer = await ask.pick({
    title,
    placeholder: l10n.t('For how long?'),
    rows: [
      { id: 'once', icon: 'clock', label: l10n.t('Until this window closes') },
      { id: 'keep', icon: 'key', label: l10n.t('Keep it'), description: l10n.t('where this editor keeps its secrets') },
    ],
  })
  if (answer.kind !== 'picked') return undefined
  return { login: { username: username.trim(), password }, isKept: answer.id === 'keep' }
}
