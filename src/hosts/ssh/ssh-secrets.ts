/** Passwords and passphrases for hosts: for as long as the window is open, or kept where the editor keeps secrets. */
import { z } from 'zod'
import type { Names, Secrets } from '../../registry/logins.ts'

/** Of which hosts something is kept, and under which keys: names alone, for a storage of secrets cannot be listed. */
const KEPT = 'pocker.ssh.kept'
const keptSchema = z.record(z.string(), z.array(z.string()))

export class SshSecrets {
  readonly #secrets: Secrets
  readonly #names: Names
  readonly #session = new Map<string, string>()

  constructor(secrets: Secrets, names: Names) {
    this.#secrets = secrets
    this.#names = names
  }

  /** What is known for a question of this host. */
  async find(host: string, question: string): Promise<string | undefined> {
    const key = keyOf(host, question)
    if (this.#session.has(key)) return this.#session.get(key)
    return this.#kept[host]?.includes(question) === true ? await this.#secrets.get(key) : undefined
  }

  /** Whether it is kept already. */
  isKept(host: string, question: string): boolean {
    return this.#kept[host]?.includes(question) === true
  }

  /** Knows it until the window closes. */
  use(host: string, question: string, secret: string): void {
    this.#session.set(keyOf(host, question), secret)
  }

  /** Knows it in later windows too. */
  async keep(host: string, question: string, secret: string): Promise<void> {
    await this.#secrets.store(keyOf(host, question), secret)
    const kept = this.#kept
    await this.#names.update(KEPT, { ...kept, [host]: [...new Set([...(kept[host] ?? []), question])] })
  }

  /** It was wrong. */
  async drop(host: string, question: string): Promise<void> {
    this.#session.delete(keyOf(host, question))
    if (this.isKept(host, question)) await this.#secrets.delete(keyOf(host, question))
  }

  /** All of a host. */
  async forget(host: string): Promise<void> {
    for (const key of [...this.#session.keys()]) if (key.startsWith(keyOf(host, ''))) this.#session.delete(key)
    const { [host]: questions = [], ...others } = this.#kept
    for (const question of questions) await this.#secrets.delete(keyOf(host, question))
    if (questions.length > 0) await this.#names.update(KEPT, others)
  }

  get #kept(): Readonly<Record<string, readonly string[]>> {
    const kept = keptSchema.safeParse(this.#names.get(KEPT))
    return kept.success ? kept.data : {}
  }
}

function keyOf(host: string, question: string): string {
  return `pocker.ssh ${host} ${question}`
}
