/** Why a machine cannot be reached over SSH: ssh2's errors are told apart here and nowhere else. */
import { type ErrorOptions, PockerError } from '../helper/api/errors.ts'
import type { Questions } from './questions.ts'

export type SshErrorCode =
  | 'ssh-refused'
  | 'ssh-unknown-host'
  | 'ssh-unreachable'
  | 'ssh-timed-out'
  | 'ssh-lost'
  | 'ssh-protocol'
  | 'ssh-no-common-algorithm'
  | 'ssh-insecure'
  | 'ssh-auth-failed'
  /** A person would have to answer, and nobody may be asked. */
  | 'ssh-needs-answer'
  | 'ssh-forbidden'
  | 'ssh-too-many-channels'
  | 'ssh-no-shell'
  | 'ssh-proxy-failed'

/** The error of this code. */
export function sshError(code: SshErrorCode, message: string, options: Omit<ErrorOptions, 'code'> = {}): PockerError {
  return new PockerError(code === 'ssh-auth-failed' || code === 'ssh-forbidden' ? 'Forbidden' : 'Unavailable', message, {
    ...options,
    code,
  })
}

/** A question has no answer: the user did not want to give one, or nobody may be asked now. */
export function unanswered(questions: Questions | undefined, doing: string, wanted: string): PockerError {
  return questions === undefined || questions.isSilent === true
    ? sshError('ssh-needs-answer', `${doing}: it asks for ${wanted}`, { hint: 'connect by hand once' })
    : new PockerError('Cancelled', `${doing}: you did not answer`, { code: 'cancelled' })
}

/** The error of a connection to `where` that could not be made, or did not hold. */
export function connectionError(where: string, cause: unknown): PockerError {
  if (cause instanceof PockerError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const to = `connect to ${where}`
  switch (code) {
    case 'ECONNREFUSED':
      return sshError('ssh-refused', `${to}: nothing listens there`, { cause })
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return sshError('ssh-unknown-host', `${to}: no such host is known`, { cause })
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return sshError('ssh-unreachable', `${to}: no way leads there`, { cause })
    case 'ETIMEDOUT':
      return sshError('ssh-timed-out', `${to}: no answer`, { cause })
  }
  if (/too many authentication/i.test(message))
    return sshError('ssh-auth-failed', `${to}: it does not let you in, and takes no more tries`, { cause })
  if (/no matching|no mutual/i.test(message))
    return sshError('ssh-no-common-algorithm', `${to}: it knows only algorithms that are not safe any more (${message})`, { cause })
  if (/ECONNRESET|EPIPE|connection lost|no response|not connected|keepalive/i.test(`${code} ${message}`))
    return sshError('ssh-lost', `${to}: the connection was lost`, { cause })
  return sshError('ssh-protocol', `${to}: ${message}`, { cause })
}
