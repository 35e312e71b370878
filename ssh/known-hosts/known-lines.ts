/** The lines of known_hosts files. */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PockerError } from '../../helper/api/errors.ts'
import { matchesList } from '../config/patterns.ts'

export interface KnownLine {
  readonly marker: 'revoked' | 'cert-authority' | undefined
  /** As they stand: patterns, or one hash. */
  readonly names: string
  readonly key: Buffer
  /** Where it stands, for people. */
  readonly path: string
  /** From 1. */
  readonly line: number
}

const LARGEST = 16 << 20

/** All lines of these files; one that is not there has none. Errors: Forbidden `known-hosts-unreadable`: a key could be known, or revoked, in it. */
export function readKnownLines(paths: readonly string[]): readonly KnownLine[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((text, index) => parseLine(text, path, index + 1)),
  )
}

/** Whether a line is about this host. `name` is as `knownName` makes it. */
export function isAbout({ names }: KnownLine, name: string): boolean {
  if (!names.startsWith('|'))
    return matchesList(
      name,
      names.split(',').map((each) => each.toLowerCase()),
    )
  const [, kind, salt, hash] = names.split('|')
  if (kind !== '1' || salt === undefined || hash === undefined) return false
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

/** How a host is called in known_hosts: `host`, or `[host]:port` for another port than 22. */
export function knownName(host: string, port: number): string {
  const name = host.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > LARGEST) throw new Error('it is too large')
    return bytes.toString('utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return ''
    throw new PockerError('Forbidden', `read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'known-hosts-unreadable',
      hint: 'without it no key of a host can be checked',
      cause,
    })
  }
}

function parseLine(text: string, path: string, line: number): KnownLine[] {
  const words = text.trim().split(/[ \t]+/)
  if (words[0] === '' || words[0]?.startsWith('#')) return []
  const marker = words[0] === '@revoked' ? 'revoked' : words[0] === '@cert-authority' ? 'cert-authority' : undefined
  // A marker that is not known may mean anything: not that the key is good.
  if (words[0]?.startsWith('@') && marker === undefined) return []
  const [names, type, key] = marker === undefined ? words : words.slice(1)
  if (names === undefined || type === undefined || key === undefined || !/^[A-Za-z0-9+/]+=*$/.test(key)) return []
  return [{ marker, names, key: Buffer.from(key, 'base64'), path, line }]
}
