import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import type { Credentials } from './credentials.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Json = Readonly<Record<string, unknown>>

/** Docker's own configuration file, as far as it tells of credentials. */
export interface ConfigFile {
  readonly path: string
  /** By registry. */
  readonly auths: ReadonlyMap<string, Credentials>
  /** The name of the credential helper for all registries, and those for single ones. */
  readonly credsStore: string | undefined
  readonly credHelpers: ReadonlyMap<string, string>
}

/** Where it lies: in `$DOCKER_CONFIG`, or `~/.docker`. */
export function configPath(env: Environment): string {
  return join(env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker'), 'config.json')
}

/** Reads it; one that is not there says nothing. Errors: `bad-docker-config`; those of the system. */
export function readConfig(path: string): ConfigFile {
  const config = readJson(path)
  return {
    path,
    auths: new Map(Object.entries(members(config.auths)).map(([registry, entry]) => [registry, readEntry(path, registry, members(entry))])),
    credsStore: word(config.credsStore),
    credHelpers: new Map(
      Object.entries(members(config.credHelpers)).flatMap(([registry, name]) => (word(name) ? [[registry, String(name)]] : [])),
    ),
  }
}

/**
 * Puts one registry's entry in place, or takes it out (undefined); all else in the file stays. The file is replaced as a whole, for its
 * owner alone to read. Errors: `bad-docker-config`; those of the system.
 */
export function saveEntry(path: string, registry: string, credentials: Credentials | undefined): void {
  const config = readJson(path)
  const others = Object.entries(members(config.auths)).filter(([name]) => name !== registry)
  const entry = credentials === undefined ? [] : [[registry, writtenEntry(credentials)] as const]
  replaceFile(path, `${JSON.stringify({ ...config, auths: Object.fromEntries([...others, ...entry]) }, undefined, '\t')}\n`)
}

function readJson(path: string): Json {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw bad(path, 'it is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(path, 'it is no JSON object')
  return members(value)
}

/** `auth` is base64 of `username:password`; a token stands beside it. */
function readEntry(path: string, registry: string, entry: Json): Credentials {
  const tokens = { ...named('identitytoken', entry.identitytoken), ...named('registrytoken', entry.registrytoken) }
  const auth = word(entry.auth)
  if (auth === undefined) return { ...named('username', entry.username), ...named('password', entry.password), ...tokens }
  const decoded = Buffer.from(auth, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 1) throw bad(path, `the entry of "${registry}" is no user name and password`)
  // Old versions of Docker padded passwords with zero bytes.
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/^\0+|\0+$/g, ''), ...tokens }
}

function writtenEntry({ username, password, identitytoken, registrytoken }: Credentials): Json {
  const auth = username ? { auth: Buffer.from(`${username}:${password ?? ''}`).toString('base64') } : {}
  return { ...auth, ...named('identitytoken', identitytoken), ...named('registrytoken', registrytoken) }
}

/** Written beside and renamed: a crash leaves one version or the other, and no other user ever a look at the new one. */
function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const target = linkTarget(path)
  const fresh = `${target}.${process.pid}.tmp`
  rmSync(fresh, { force: true })
  const file = openSync(fresh, 'wx', 0o600)
  try {
    fchmodSync(file, 0o600)
    writeSync(file, text)
    fsyncSync(file)
    keepOwner(target, fresh)
    renameSync(fresh, target)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

/** The file itself may be a link, also to one that is not there yet: people keep it elsewhere. */
function linkTarget(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink() !== true) return path
  try {
    return realpathSync(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return resolve(dirname(path), readlinkSync(path))
  }
}

/** With sudo the file stays the user's. */
function keepOwner(old: string, fresh: string): void {
  const stat = statSync(old, { throwIfNoEntry: false })
  if (stat !== undefined && process.getuid?.() === 0) chownSync(fresh, stat.uid, stat.gid)
}

function members(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function named<N extends string>(name: N, value: unknown): { readonly [K in N]?: string } {
  const text = word(value)
  return text === undefined ? {} : ({ [name]: text } as { readonly [K in N]?: string })
}

function bad(path: string, why: string, cause?: unknown): PockerError {
  return new PockerError('InvalidParameter', `read "${path}": ${why}`, { code: 'bad-docker-config', cause })
}
