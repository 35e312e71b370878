/** What goes wrong between the helper and a registry, in words for the user. */
import { type ErrorKind, type ErrorOptions, PockerError } from '../../api/errors.ts'
import { isRecord, plainText } from './plain-text.ts'

export interface RegistryErrorOptions extends ErrorOptions {
  /** Whether the same request may well succeed in a moment. */
  readonly transient?: boolean
  /** How often it is tried at most where nothing has been won yet; the usual number when left out. */
  readonly attempts?: number
  /** Milliseconds that the registry asked to wait. */
  readonly retryAfter?: number
}

/** An error of a registry or of the way to it, which knows whether trying again makes sense. */
export class RegistryError extends PockerError {
  readonly transient: boolean
  readonly attempts: number | undefined
  readonly retryAfter: number | undefined

  constructor(kind: ErrorKind, message: string, options: RegistryErrorOptions) {
    super(kind, message, options)
    this.transient = options.transient ?? false
    this.attempts = options.attempts
    this.retryAfter = options.retryAfter
  }
}

/** Cancelled `cancelled`. */
export function cancelled(action: string): PockerError {
  return new PockerError('Cancelled', `${action}: cancelled`, { code: 'cancelled' })
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
])

const CAUSES: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'the name could not be looked up'],
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'the connection was dropped'],
  ['EPIPE', 'the connection was dropped'],
  ['ETIMEDOUT', 'no answer in time'],
  ['EHOSTUNREACH', 'no route to the host'],
  ['ENETUNREACH', 'no network'],
])

/** Nobody is there, as against somebody who has dropped the line. */
const ABSENT: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'])

/** What an error of a socket means. Unavailable `registry-unreachable` or `tls-untrusted`; others pass unchanged. */
export function networkError(error: unknown, url: URL): unknown {
  if (!(error instanceof Error) || error instanceof PockerError) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (UNTRUSTED.has(code) || code.startsWith('CERT_')) {
    const name = url.host
    return new RegistryError('Unavailable', `reach registry ${name}: its certificate is not trusted (${plainText(error.message, 200)})`, {
      code: 'tls-untrusted',
      hint: `put the certificate of its authority into /etc/docker/certs.d/${name}/ca.crt`,
      cause: error,
    })
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return new RegistryError('Unavailable', `reach registry ${url.host}: it does not speak TLS as expected`, {
      code: 'registry-unreachable',
      hint: `if it is meant to be without TLS, add "${url.host}" to "insecure-registries"`,
      cause: error,
    })
  }
  const cause = CAUSES.get(code) ?? plainText(error.message, 200)
  return new RegistryError('Unavailable', `reach registry ${url.host}: ${cause}`, {
    code: 'registry-unreachable',
    hint: 'check the name, the network and the proxy settings',
    transient: true,
    // Whoever has mistyped a name does not want to wait for five attempts.
    ...(ABSENT.has(code) ? { attempts: 2 } : {}),
    cause: error,
  })
}

/** What was being done, for the sentence. */
export interface Attempt {
  /** Such as `pull`, `push`. */
  readonly verb: string
  /** Such as `busybox:latest`. */
  readonly name: string
  readonly host: string
  readonly hasCredentials: boolean
}

/** A wait that is longer than this is the user's business. */
const LONGEST_WAIT = 30_000

/** What an answer other than success means; `body` is its first 64 KiB at most. */
export function answerError(
  answer: { status: number; headers: NodeJS.Dict<string | string[]> },
  body: Buffer,
  attempt: Attempt,
): RegistryError {
  const { verb, name, host } = attempt
  const { status } = answer
  const said = registryWords(body)
  const detail = said.text === '' ? '' : ` (${said.text})`
  if (status === 401 || status === 403) return accessError(attempt, detail)
  if (status === 404) {
    return new RegistryError('NotFound', `${verb} '${name}': not found at registry ${host}${detail}`, {
      code: 'image-not-found',
      hint: 'check the name and the tag',
    })
  }
  if (status === 429) return rateLimited(answer.headers, attempt, said.text)
  if (status >= 500) {
    return new RegistryError('Unavailable', `${verb} '${name}': registry ${host} failed with status ${status}${detail}`, {
      code: 'registry-failed',
      transient: true,
    })
  }
  return new RegistryError('Unavailable', `${verb} '${name}': registry ${host} answered with status ${status}${detail}`, {
    code: 'registry-refused',
  })
}

function accessError({ verb, name, host, hasCredentials }: Attempt, detail: string): RegistryError {
  if (hasCredentials) {
    return new RegistryError('Forbidden', `${verb} '${name}': registry ${host} refused the credentials${detail}`, {
      code: 'auth-failed',
      hint: `log in again: docker login ${host}, or check that the account may ${verb} it`,
    })
  }
  const options = { code: 'auth-required', hint: `log in: docker login ${host}` }
  // Docker's words and its 404: whether a private repository exists is not told to strangers.
  return verb === 'push'
    ? new RegistryError('Forbidden', `push '${name}': requested access to the resource is denied${detail}`, options)
    : new RegistryError(
        'NotFound',
        `${verb} access denied for ${name}, repository does not exist or may require 'docker login'${detail}`,
        options,
      )
}

function rateLimited(headers: NodeJS.Dict<string | string[]>, { verb, name, host, hasCredentials }: Attempt, said: string): RegistryError {
  const wait = retryAfter(headers['retry-after'])
  const isQuota = /pull rate limit/i.test(said)
  const when = wait === undefined ? '' : `; try again in ${spokenTime(wait)}`
  return new RegistryError(
    'Unavailable',
    `${verb} '${name}': too many requests to registry ${host}${said === '' ? '' : `: ${said}`}${when}`,
    {
      code: 'rate-limited',
      hint: hasCredentials
        ? 'wait, or use a mirror ("registry-mirrors")'
        : `log in (docker login ${host}) for a higher limit, wait, or use a mirror`,
      // Docker Hub's quota is for hours: trying again at once only uses up more of it.
      transient: !isQuota && (wait === undefined || wait <= LONGEST_WAIT),
      ...(wait === undefined ? {} : { retryAfter: wait }),
    },
  )
}

/** Milliseconds, of seconds or a date. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

function spokenTime(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 120) return `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
}

/** The registry's own words out of `{"errors":[{"code","message"}]}`, cleaned and short. */
function registryWords(body: Buffer): { readonly text: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch {
    // Proxies answer with pages of HTML, which are no words.
    return { text: body.includes('<') ? '' : plainText(body.toString('utf8'), 200) }
  }
  if (!isRecord(parsed)) return { text: '' }
  const first: unknown = Array.isArray(parsed.errors) ? parsed.errors[0] : parsed
  if (!isRecord(first)) return { text: '' }
  const words = [first.code, first.message ?? first.details].filter((word) => typeof word === 'string')
  return { text: plainText(words.join(': '), 300) }
}
