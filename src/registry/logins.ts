/** Names and passwords for registries: for as long as the window is open, or kept where the editor keeps secrets. */
import { z } from 'zod'

/** As much of `vscode.SecretStorage` as is needed. */
export interface Secrets {
  get(key: string): PromiseLike<string | undefined>
  store(key: string, value: string): PromiseLike<void>
  delete(key: string): PromiseLike<void>
}

/** As much of `vscode.Memento` as is needed. */
export interface Names {
  get(key: string): unknown
  update(key: string, value: unknown): PromiseLike<void>
}

export interface Login {
  readonly username: string
  readonly password: string
}

const loginSchema = z.object({ username: z.string(), password: z.string() })
/** Which registries have a secret: names alone, for a storage of secrets cannot be listed. */
const KEPT = 'pocker.registry.kept'

export class Logins {
  readonly #secrets: Secrets
  readonly #names: Names
  readonly #session = new Map<string, Login>()

  constructor(secrets: Secrets, names: Names) {
    this.#secrets = secrets
    this.#names = names
  }

  /** The registries that a login is known of. */
  get registries(): readonly string[] {
    return [...new Set([...this.#session.keys(), ...this.#kept])].sort()
  }

  async find(registry: string): Promise<Login | undefined> {
    const known = this.#session.get(registry)
    if (known !== undefined || !this.#kept.includes(registry)) return known
    return read(await this.#secrets.get(keyOf(registry)))
  }

  /** Knows it until the window closes. */
  use(registry: string, login: Login): void {
    this.#session.set(registry, login)
  }

  /** Knows it in later windows too. */
  async keep(registry: string, login: Login): Promise<void> {
    await this.#secrets.store(keyOf(registry), JSON.stringify(login))
    await this.#names.update(KEPT, [...new Set([...this.#kept, registry])])
  }

  async forget(registry: string): Promise<void> {
    this.#session.delete(registry)
    if (!this.#kept.includes(registry)) return
    await this.#secrets.delete(keyOf(registry))
    await this.#names.update(
      KEPT,
      this.#kept.filter((other) => other !== registry),
    )
  }

  get #kept(): readonly string[] {
    const kept = z.array(z.string()).safeParse(this.#names.get(KEPT))
    return kept.success ? kept.data : []
  }
}

function keyOf(registry: string): string {
  return `pocker.registry ${registry}`
}

function read(text: string | undefined): Login | undefined {
  try {
    const login = loginSchema.safeParse(JSON.parse(text ?? ''))
    return login.success ? login.data : undefined
  } catch {
    return undefined // another version's, or none: it is asked for again
  }
}
