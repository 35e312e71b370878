/** The lines of `~/.ssh/config` and what it includes, each with the conditions it is under. Nothing of it is ever run. */
import { globSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import SSHConfig from 'ssh-config'
import { PockerError } from '../../helper/api/errors.ts'

export interface Setting {
  /** In small letters. */
  readonly name: string
  /** Without quotes. */
  readonly words: readonly string[]
  /** Of `ProxyCommand`: all that follows the name, as it stands. */
  readonly command?: string
  /** All must be true. */
  readonly conditions: readonly Condition[]
}

export type Condition =
  | { readonly kind: 'host'; readonly patterns: readonly string[] }
  /** Words as they stand after `Match`. */
  | { readonly kind: 'match'; readonly words: readonly string[] }

export interface ConfigFiles {
  /** The user's own file; its includes are beside it. */
  readonly user: string
  /** The machine's; undefined where there is none. */
  readonly system?: string
  readonly home: string
}

const DEEPEST = 16
const LARGEST = 1 << 20

/** Where OpenSSH has them. */
export function defaultFiles(home: string): ConfigFiles {
  const user = join(home, '.ssh/config')
  return process.platform === 'win32' ? { user, home } : { user, system: '/etc/ssh/ssh_config', home }
}

/**
 * All settings in their order; none when there is no file.
 * Errors: Forbidden `unsafe-ssh-config` for a user's file that others may write, InvalidParameter `bad-ssh-config`.
 */
export function readConfig({ user, system, home }: ConfigFiles): readonly Setting[] {
  const own = readFile(user, { folder: join(home, '.ssh'), home, depth: 0, isOwn: true }, [])
  return system === undefined ? own : [...own, ...readFile(system, { folder: '/etc/ssh', home, depth: 0, isOwn: false }, [])]
}

interface Reading {
  /** Where includes without a folder are. */
  readonly folder: string
  readonly home: string
  readonly depth: number
  readonly isOwn: boolean
}

function readFile(path: string, reading: Reading, outer: readonly Condition[]): Setting[] {
  const text = textOf(path, reading)
  if (text === undefined) return []
  const settings: Setting[] = []
  const commands = commandsIn(text)
  let conditions = outer
  const walk = (lines: Iterable<SSHConfig[number]>) => {
    for (const line of lines) {
      if (!('param' in line)) continue
      const name = line.param.toLowerCase()
      const words = wordsOf(line.value)
      if (name === 'host') conditions = [...outer, { kind: 'host', patterns: words }]
      else if (name === 'match') conditions = [...outer, { kind: 'match', words }]
      else if (name === 'include') settings.push(...words.flatMap((word) => included(word, reading, conditions)))
      else settings.push({ name, words, conditions, ...(name === 'proxycommand' ? { command: commands.shift() ?? '' } : {}) })
      if ('config' in line) walk(line.config)
    }
  }
  walk(parsed(path, text))
  return settings
}

function included(word: string, reading: Reading, conditions: readonly Condition[]): Setting[] {
  if (reading.depth >= DEEPEST) throw badConfig(word, 'includes go too deep')
  const pattern = word.startsWith('~/') ? join(reading.home, word.slice(2)) : isAbsolute(word) ? word : join(reading.folder, word)
  return globSync(pattern)
    .sort()
    .flatMap((path) => readFile(path, { ...reading, depth: reading.depth + 1 }, conditions))
}

function textOf(path: string, { isOwn }: Reading): string | undefined {
  try {
    const found = statSync(path)
    if (!found.isFile()) return undefined
    const { uid, mode, size } = found
    if (size > LARGEST) throw badConfig(path, 'it is too large')
    // As OpenSSH does: who can write here chooses what is run as ProxyCommand.
    const isSafe = process.platform === 'win32' || ((uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0)
    if (isOwn && !isSafe)
      throw new PockerError('Forbidden', `read ${path}: others may write to it`, {
        code: 'unsafe-ssh-config',
        hint: `take their rights away with: chmod go-w ${path}`,
      })
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined
    throw error instanceof PockerError ? error : badConfig(path, 'it cannot be read', error)
  }
}

function parsed(path: string, text: string): SSHConfig {
  try {
    return SSHConfig.parse(text)
  } catch (error) {
    throw badConfig(path, error instanceof Error ? error.message : 'it is none', error)
  }
}

/** The parser takes words with quotes apart, which a shell has to see. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/^[ \t]*ProxyCommand(?:[ \t]*=[ \t]*|[ \t]+)(.*)$/gim)].map(([, command = '']) => command.trim())
}

function wordsOf(value: string | readonly { readonly val: string }[]): string[] {
  return typeof value === 'string' ? [value] : value.map(({ val }) => val)
}

function badConfig(path: string, why: string, cause?: unknown): PockerError {
  return new PockerError('InvalidParameter', `read ${path}: ${why}`, { code: 'bad-ssh-config', cause })
}
