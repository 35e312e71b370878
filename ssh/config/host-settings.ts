/** What the configuration says of one host: the first value of each setting counts, as OpenSSH has it. */
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { PockerError } from '../../helper/api/errors.ts'
import { isHostName, isUserName, type SshAddress } from '../address.ts'
import { isTrue, type Target } from './conditions.ts'
import { type ConfigFiles, readConfig, type Setting } from './read-config.ts'
import { seconds, whole, yes } from './read-value.ts'
import { expand, expandPath } from './tokens.ts'

export interface HostSettings {
  /** What was asked for: the alias. */
  readonly alias: string
  /** Where to connect to. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** Files of private keys, in their order. */
  readonly identityFiles: readonly string[]
  /** Whether the files were named, rather than being the usual ones that may not be there. */
  readonly namesIdentities: boolean
  /** Of the agent's keys only those of `identityFiles`. */
  readonly identitiesOnly: boolean
  /** The agent's socket; undefined: none. */
  readonly agent: string | undefined
  /** Hosts to go through, the first one first. */
  readonly jumps: readonly string[]
  readonly proxyCommand: string | undefined
  readonly knownHosts: readonly string[]
  /** Under which name the key is known, in place of the host's. */
  readonly hostKeyAlias: string | undefined
  /** What to do with a host whose key is not known. */
  readonly unknownKeys: 'ask' | 'accept' | 'refuse'
  /** Seconds between signs of life; 0: none. */
  readonly aliveInterval: number
  readonly aliveCount: number
  /** Seconds to wait for the connection. */
  readonly connectTimeout: number
}

export interface ConfigPlace {
  readonly files: ConfigFiles
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's name here. */
  readonly localUser?: string
}

const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const WINDOWS_AGENT = '\\\\.\\pipe\\openssh-ssh-agent'
/** A link that is cut tells nothing by itself: after so many seconds without an answer it is found out. */
const ALIVE = { interval: 5, count: 3 }
const TIMEOUT = 20

/** The settings for an address. Errors: those of `readConfig`; `bad-ssh-address` for names that the configuration makes of it. */
export function hostSettings(address: SshAddress, place: ConfigPlace): HostSettings {
  const { files, env } = place
  const found = valuesFor(address, place)
  const one = (name: string) => found.get(name)?.[0]?.words.join(' ')
  const many = (name: string) => (found.get(name) ?? []).flatMap(({ words }) => words)
  const localUser = nameHere(place)
  const user = address.user ?? one('user') ?? localUser
  const host = expand(one('hostname') ?? address.host, { h: address.host })
  const port = address.port ?? whole(one('port')) ?? 22
  if (!isHostName(host)) throw badName(host)
  if (!isUserName(user)) throw badName(user)
  const tokens = { h: host, n: address.host, p: String(port), r: user, u: localUser, d: files.home, L: '', l: '' }
  const pathOf = (text: string) => expandPath(text, { tokens, env, home: files.home })
  const identities = many('identityfile').filter((text) => text !== 'none')
  const jump = one('proxyjump')
  const command = found.get('proxycommand')?.[0]?.command
  // Of the two, the one that stands first counts.
  const isJump = jump !== undefined && jump !== 'none' && before(found, 'proxyjump', 'proxycommand')
  return {
    alias: address.host,
    host,
    port,
    user,
    identityFiles: identities.length > 0 ? identities.map(pathOf) : USUAL_KEYS.map((name) => join(files.home, '.ssh', name)),
    namesIdentities: identities.length > 0,
    identitiesOnly: yes(one('identitiesonly')) ?? false,
    agent: agentOf(one('identityagent'), env, pathOf),
    jumps: isJump ? jump.split(',').map((text) => text.trim()) : [],
    proxyCommand: isJump || command === undefined || command === 'none' ? undefined : expand(command, tokens),
    knownHosts: knownHostsOf(many('userknownhostsfile'), many('globalknownhostsfile'), pathOf, files.home),
    hostKeyAlias: one('hostkeyalias'),
    unknownKeys: unknownKeysOf(one('stricthostkeychecking')),
    aliveInterval: seconds(one('serveraliveinterval')) || ALIVE.interval,
    aliveCount: whole(one('serveralivecountmax')) ?? ALIVE.count,
    connectTimeout: seconds(one('connecttimeout')) || TIMEOUT,
  }
}

/** Values by name, in the order in which they were first found. */
function valuesFor(address: SshAddress, place: ConfigPlace): Map<string, Setting[]> {
  const settings = readConfig(place.files)
  const found = new Map<string, Setting[]>()
  const hasFinal = settings.some(({ conditions }) =>
    conditions.some((each) => each.kind === 'match' && /\b(final|canonical)\b/i.test(each.words.join(' '))),
  )
  collect({ settings, found, address, place, isFinal: false })
  // `Match final` is for a second reading, when the host's name is known.
  if (hasFinal) collect({ settings, found, address, place, isFinal: true })
  return found
}

const LISTS = new Set(['identityfile'])

interface Collecting {
  readonly settings: readonly Setting[]
  readonly found: Map<string, Setting[]>
  readonly address: SshAddress
  readonly place: ConfigPlace
  readonly isFinal: boolean
}

function collect({ settings, found, address, place, isFinal }: Collecting): void {
  for (const setting of settings) {
    const { name, words, conditions } = setting
    const before = found.get(name)
    if (before !== undefined && !LISTS.has(name)) continue
    const target: Target = {
      original: address.host,
      host: found.get('hostname')?.[0]?.words.join(' ') ?? address.host,
      user: address.user ?? found.get('user')?.[0]?.words.join(' ') ?? nameHere(place),
      localUser: nameHere(place),
      tag: found.get('tag')?.[0]?.words.join(' ') ?? '',
      isFinal,
    }
    if (!conditions.every((condition) => isTrue(condition, target))) continue
    if (before?.some((known) => known.words.join(' ') === words.join(' ')) !== true) found.set(name, [...(before ?? []), setting])
  }
}

function before(found: ReadonlyMap<string, unknown>, first: string, second: string): boolean {
  const names = [...found.keys()]
  return !found.has(second) || names.indexOf(first) < names.indexOf(second)
}

function nameHere({ localUser }: ConfigPlace): string {
  return localUser ?? userInfo().username
}

function agentOf(text: string | undefined, env: ConfigPlace['env'], pathOf: (text: string) => string): string | undefined {
  if (text === 'none') return undefined
  if (text === undefined || text === 'SSH_AUTH_SOCK') return env.SSH_AUTH_SOCK || (process.platform === 'win32' ? WINDOWS_AGENT : undefined)
  return text.startsWith('$') && !text.startsWith('${') ? env[text.slice(1)] : pathOf(text)
}

function knownHostsOf(user: readonly string[], system: readonly string[], pathOf: (text: string) => string, home: string): string[] {
  const own = user.length > 0 ? user.map(pathOf) : [join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')]
  const all =
    system.length > 0 ? system.map(pathOf) : process.platform === 'win32' ? [] : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']
  return [...own, ...all].filter((path) => path !== 'none')
}

function unknownKeysOf(text: string | undefined): HostSettings['unknownKeys'] {
  if (text === 'yes') return 'refuse'
  return text === 'no' || text === 'off' || text === 'accept-new' ? 'accept' : 'ask'
}

function badName(name: string): PockerError {
  return new PockerError('InvalidParameter', `connect to "${name.slice(0, 100)}": this is no name`, { code: 'bad-ssh-address' })
}
