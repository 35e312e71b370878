/** All keys that may be shown to a host, as one agent: those of the user's agent and those in files. */
import type { IdentityCallback, ParsedKey, PublicKeyEntry, SignCallback, SigningRequestOptions } from 'ssh2'
import ssh2 from 'ssh2'
import { type KeyFile, readKeyFile } from './key-file.ts'

export interface KeyRingOptions {
  readonly agent: string | undefined
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** Asks for a passphrase; undefined when nobody answers. */
  readonly passphrase: (path: string, attempt: number) => Promise<string | undefined>
}

const ATTEMPTS = 3
/** An agent that hangs must not hang the connection. */
const PATIENCE = 5_000

/** The server is asked for each public key first; only for one that it takes is a passphrase asked for. */
export class KeyRing extends ssh2.BaseAgent<ParsedKey> {
  readonly #options: KeyRingOptions
  readonly #agent: ssh2.BaseAgent | undefined
  readonly #files = new Map<string, KeyFile>()

  constructor(options: KeyRingOptions) {
    super()
    this.#options = options
    this.#agent = options.agent === undefined ? undefined : ssh2.createAgent(options.agent)
    for (const path of options.identityFiles) {
      const file = readKeyFile(path) ?? publicOnly(path)
      if (file !== undefined) this.#files.set(nameOf(file.publicKey), file)
    }
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    this.#list().then(
      (keys) => callback(undefined, keys),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    )
  }

  override sign(key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, callback?: SignCallback): void {
    const answer = typeof options === 'function' ? options : callback
    const how = typeof options === 'function' ? {} : options
    this.#sign(key, data, how).then(
      (signature) => answer?.(undefined, signature),
      (error: unknown) => answer?.(error instanceof Error ? error : new Error(String(error))),
    )
  }

  /** Keys of the agent that the configuration names come first, then its others, then those that are only in files. */
  async #list(): Promise<ParsedKey[]> {
    const inAgent = await this.#agentKeys()
    const named = inAgent.filter((key) => this.#files.has(nameOf(key.getPublicSSH())))
    const others = this.#options.identitiesOnly ? [] : inAgent.filter((key) => !named.includes(key))
    const known = new Set(inAgent.map((key) => nameOf(key.getPublicSSH())))
    const inFiles = [...this.#files.values()].filter(({ publicKey }) => !known.has(nameOf(publicKey)))
    return [...named, ...others, ...inFiles.flatMap(({ publicKey }) => parsedPublic(publicKey))]
  }

  async #agentKeys(): Promise<ParsedKey[]> {
    const agent = this.#agent
    if (agent === undefined) return []
    const { promise, resolve } = Promise.withResolvers<ParsedKey[]>()
    const timer = setTimeout(() => resolve([]), PATIENCE)
    // One that is not there, or has kinds of keys that are not known here, is as good as an empty one.
    agent.getIdentities((_error, keys) => resolve((keys ?? []).flatMap(parsedAny)))
    const keys = await promise
    clearTimeout(timer)
    return keys
  }

  async #sign(key: ParsedKey, data: Buffer, options: SigningRequestOptions): Promise<Buffer> {
    const file = this.#files.get(nameOf(key.getPublicSSH()))
    const inAgent = (await this.#agentKeys()).some((other) => other.getPublicSSH().equals(key.getPublicSSH()))
    if (inAgent) return await this.#signByAgent(key, data, options)
    if (file === undefined) throw new Error('the agent has this key no longer')
    const unlocked = file.unlock(undefined) ?? (await this.#unlock(file))
    const signature: Buffer | Error = unlocked.sign(data, options.hash)
    if (signature instanceof Error) throw signature
    return signature
  }

  #signByAgent(key: ParsedKey, data: Buffer, options: SigningRequestOptions): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#agent?.sign(key, data, options, (error, signature) => {
        if (signature === undefined) reject(error ?? new Error('the agent did not sign'))
        else resolve(signature)
      })
    })
  }

  async #unlock(file: KeyFile): Promise<ParsedKey> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const passphrase = await this.#options.passphrase(file.path, attempt)
      if (passphrase === undefined) break
      const key = file.unlock(passphrase)
      if (key !== undefined) return key
    }
    throw new Error(`the key ${file.path} was not unlocked`)
  }
}

/** A file may name a key that is only in the agent, by its public part (`IdentityFile key.pub`). */
function publicOnly(path: string): KeyFile | undefined {
  const beside = readKeyFile(`${path}.pub`)
  return beside === undefined ? undefined : { path, publicKey: beside.publicKey, unlock: () => undefined }
}

function nameOf(publicKey: Buffer): string {
  return publicKey.toString('base64')
}

function parsedAny(key: ParsedKey | Buffer | string | PublicKeyEntry): ParsedKey[] {
  if (typeof key === 'object' && 'getPublicSSH' in key) return [key]
  if (typeof key === 'object' && 'pubKey' in key) return parsedAny('pubKey' in key.pubKey ? key.pubKey.pubKey : key.pubKey)
  const parsed: ParsedKey | Error = ssh2.utils.parseKey(key)
  return parsed instanceof Error ? [] : [parsed]
}

function parsedPublic(publicKey: Buffer): ParsedKey[] {
  return parsedAny(publicKey)
}
