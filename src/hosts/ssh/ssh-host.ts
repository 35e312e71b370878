/** A machine over SSH as a host like the others. */
import { homedir } from 'node:os'
import * as l10n from '@vscode/l10n'
import type { Payload } from '../../../ssh/delivery/payload.ts'
import { EngineError } from '../../client/engine-error.ts'
import { codeOf } from '../../client/engine-problem.ts'
import { sentenceOf } from '../../errors/words.ts'
import { EngineHost } from '../engine-host.ts'
import { loadSsh, type Remote, type Step } from './load-ssh.ts'
import type { SshQuestions } from './ssh-questions.ts'

export interface SshHostParts {
  /** As the setting has it. */
  readonly address: string
  readonly payload: (architecture: 'x64' | 'arm64') => Payload | undefined
  readonly questions: { readonly asked: () => SshQuestions; readonly silent: () => SshQuestions }
  /** The user has just named it: the first attempt may ask already. */
  readonly mayAsk: boolean
  readonly load?: typeof loadSsh
}

/** What somebody has to do something about first. All else may pass, and is tried again by itself. */
const FINAL = new Set([
  'cancelled',
  'ssh-needs-answer',
  'ssh-auth-failed',
  'ssh-forbidden',
  'ssh-insecure',
  'ssh-no-common-algorithm',
  'ssh-no-shell',
  'host-key-changed',
  'host-key-revoked',
  'known-hosts-unreadable',
  'known-hosts-not-written',
  'bad-ssh-address',
  'bad-ssh-config',
  'unsafe-ssh-config',
  'host-unsupported',
  'no-payload',
  'upload-no-room',
  'no-way-to-root',
  'wrong-password',
  'sudo-refused',
  'sudo-requires-terminal',
  'no-place',
  'unsafe-program',
  'payload-changed',
  'program-cannot-run',
  'being-removed',
])

export class SshHost extends EngineHost {
  readonly #reaching: Reaching

  constructor(parts: SshHostParts) {
    const reaching = new Reaching(parts)
    super({
      id: sshHostId(parts.address),
      label: labelOf(parts.address),
      kind: 'ssh',
      connect: async () => await reaching.engine(),
      reuse: true,
      startsOnDemand: false,
      words: sentenceOf,
      open: async (tell, signal) => await reaching.open(tell, signal),
      isFinal: (error) => reaching.isFinal(error),
      reach: async (host, port) => await reaching.port(host, port),
      isRemote: true,
    })
    this.#reaching = reaching
  }

  /** The user wants it now, and may be asked. */
  override retry(): void {
    this.#reaching.mayAsk = true
    super.retry()
  }

  /** Removes Pocker from the machine; until the host is disposed of, it is not reached any more. Errors: EngineError, after which it is. */
  async uninstall(): Promise<void> {
    try {
      await this.#reaching.uninstall()
    } catch (error) {
      this.retry()
      throw error
    }
  }

  override dispose(): void {
    super.dispose()
    this.#reaching.close()
  }
}

/** The id of the host with this address. */
export function sshHostId(address: string): string {
  return `ssh:${address}`
}

function labelOf(address: string): string {
  return address.replace(/^ssh:\/\//, '')
}

/** The way to one machine. */
class Reaching {
  readonly #parts: SshHostParts
  readonly #final = new WeakSet<object>()
  readonly #ports = new Map<string, Promise<{ readonly port: number | undefined; close(): void }>>()
  #remote: Promise<Remote> | undefined
  #tell: (doing: string) => void = () => {}
  mayAsk: boolean

  constructor(parts: SshHostParts) {
    this.#parts = parts
    this.mayAsk = parts.mayAsk
  }

  async open(tell: (doing: string) => void, signal: AbortSignal): Promise<void> {
    const { asked, silent } = this.#parts.questions
    const questions = this.mayAsk ? asked() : silent()
    this.mayAsk = false
    this.#tell = tell
    try {
      const remote = await this.remote()
      await remote.connect({ questions, signal })
      questions.connected()
    } catch (cause) {
      const error = inClientWords(cause)
      if (FINAL.has(error.code)) this.#final.add(error)
      throw error
    } finally {
      this.#tell = () => {}
    }
  }

  async engine() {
    const remote = await this.remote()
    try {
      return await remote.openEngine({ questions: this.#parts.questions.silent() })
    } catch (cause) {
      throw inClientWords(cause)
    }
  }

  /** Each port has one tunnel, for as long as the host is there. */
  async port(host: string, port: number): Promise<number> {
    const name = `${host} ${port}`
    const opening = this.#ports.get(name) ?? this.remote().then((remote) => remote.servePort(host, port))
    this.#ports.set(name, opening)
    try {
      return (await opening).port ?? port
    } catch (cause) {
      this.#ports.delete(name)
      throw inClientWords(cause)
    }
  }

  async uninstall(): Promise<void> {
    const remote = await this.remote()
    const questions = this.#parts.questions.asked()
    await remote.uninstall({ questions }).catch((cause: unknown) => {
      throw inClientWords(cause)
    })
  }

  isFinal(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#final.has(error)
  }

  remote(): Promise<Remote> {
    const { address, payload, load = loadSsh } = this.#parts
    this.#remote ??= load().then(({ openRemoteAt }) =>
      openRemoteAt(address, { home: homedir(), env: process.env, payload, progress: (step) => this.#tell(stepWords(step)) }),
    )
    return this.#remote
  }

  close(): void {
    for (const opening of this.#ports.values()) opening.then((local) => local.close()).catch(() => undefined)
    this.#remote?.then((remote) => remote.disconnect()).catch(() => undefined)
  }
}

/** The error with its code: what it is called does not survive the way from another file of the package. */
function inClientWords(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const hint = cause instanceof Error && 'hint' in cause && typeof cause.hint === 'string' ? { hint: cause.hint } : {}
  return new EngineError(codeOf(cause) ?? 'connection-lost', message, { cause, ...hint })
}

function stepWords(step: Step): string {
  switch (step.kind) {
    case 'connecting':
      return l10n.t('connecting…')
    case 'looking':
      return l10n.t('looking for Pocker there…')
    case 'starting':
      return l10n.t('starting Pocker there…')
    case 'ready':
      return l10n.t('connected')
    case 'uploading':
      return l10n.t('copying Pocker there, {0} of {1} MB', Math.floor(step.sent / 1e7) * 10, Math.ceil(step.all / 1e6))
  }
}
