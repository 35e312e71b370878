/** One SSH connection over a stream, from its first byte until the user is let in. */
import type { Duplex } from 'node:stream'
import type { NegotiatedAlgorithms } from 'ssh2'
import ssh2 from 'ssh2'
import type { HostSettings } from '../config/host-settings.ts'
import type { Questions } from '../questions.ts'
import { connectionError, sshError } from '../ssh-error.ts'
import { algorithmsFor, isTerrapinProne } from './algorithms.ts'
import { authenticate } from './authenticate.ts'
import { startDeadline } from './deadline.ts'
import { kindsOf, verifyHost } from './verify-host.ts'

export interface Opening {
  readonly settings: HostSettings
  readonly stream: Duplex
  /** Undefined: nobody may be asked. */
  readonly questions: Questions | undefined
  readonly isJump: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Resolves when the user is let in. The stream is closed when that fails. Errors: those of `verifyHost` and `authenticate`; `ssh-timed-out`,
 * `ssh-lost`, `ssh-protocol`, `ssh-no-common-algorithm`, `ssh-insecure`.
 */
export function openClient({ settings, stream, questions, isJump, signal }: Opening): Promise<ssh2.Client> {
  const { alias } = settings
  const client = new ssh2.Client()
  const { promise, resolve, reject } = Promise.withResolvers<ssh2.Client>()
  const fail = (error: unknown) => {
    deadline.clear()
    signal?.removeEventListener('abort', abort)
    reject(connectionError(alias, error))
    client.destroy()
    stream.destroy()
  }
  const abort = () => fail(signal?.reason)
  const deadline = startDeadline(settings.connectTimeout * 1000, () => fail(sshError('ssh-timed-out', `connect to ${alias}: no answer`)))
  signal?.addEventListener('abort', abort, { once: true })
  let isStrict = false
  client.on('handshake', (negotiated: NegotiatedAlgorithms) => {
    const prone = [negotiated.cs, negotiated.sc].some(({ cipher, mac }) => isTerrapinProne(cipher, mac))
    if (prone && !isStrict)
      fail(sshError('ssh-insecure', `connect to ${alias}: its SSH server can be deceived (CVE-2023-48795)`, { hint: 'update it' }))
  })
  client.on('error', (error) => {
    // A key that could not be used is not the end: the next one is tried.
    if ('level' in error && (error.level === 'agent' || error.level === 'client-authentication')) return
    fail(error)
  })
  client.once('close', () => fail(sshError('ssh-lost', `connect to ${alias}: it closed the connection`)))
  client.once('ready', () => {
    deadline.clear()
    signal?.removeEventListener('abort', abort)
    resolve(client)
  })
  try {
    client.connect({
      sock: stream,
      username: settings.user,
      algorithms: algorithmsFor(kindsOf(settings)),
      // Its own limit would go on while a person thinks.
      readyTimeout: 0,
      keepaliveInterval: settings.aliveInterval * 1000,
      keepaliveCountMax: settings.aliveCount,
      agentForward: false,
      hostVerifier: (key: Buffer, verify: (isGood: boolean) => void) => {
        deadline.during(verifyHost({ settings, questions, isJump }, key)).then(() => verify(true), fail)
      },
      authHandler: authenticate({ settings, questions, during: deadline.during, fail }),
      debug: (text) => {
        if (text.includes('strict KEX mode enabled')) isStrict = true
      },
    })
  } catch (error) {
    fail(error)
  }
  return promise
}
