import { invalid } from './refuse.ts'

// Flag → what it decides; of two that decide the same the later one holds.
const flags: ReadonlyMap<string, string> = new Map([
  ['ro', 'write'],
  ['rw', 'write'],
  ['exec', 'exec'],
  ['noexec', 'exec'],
  ['suid', 'suid'],
  ['nosuid', 'suid'],
  ['dev', 'dev'],
  ['nodev', 'dev'],
  ['atime', 'atime'],
  ['noatime', 'atime'],
  ['relatime', 'atime'],
  ['strictatime', 'atime'],
])

// Accepted by Docker and without meaning for a filesystem in memory that nobody else sees.
const meaningless = new Set('sync async diratime nodiratime private rprivate shared rshared slave rslave'.split(' '))

// The filesystem's own options, with what the kernel takes for each.
const values: ReadonlyMap<string, RegExp> = new Map([
  ['size', /^[0-9]+[kKmMgG%]?$/],
  ['nr_blocks', /^[0-9]+[kKmMgG]?$/],
  ['nr_inodes', /^[0-9]+[kKmMgG]?$/],
  ['mode', /^[0-7]{1,4}$/],
  ['uid', /^[0-9]{1,10}$/],
  ['gid', /^[0-9]{1,10}$/],
  ['mpol', /^[a-z]+[a-z0-9=:,-]*$/],
])

// What a container's temporary folder rarely needs and an attacker likes.
const DEFAULTS = ['noexec', 'nosuid', 'nodev']

/**
 * Docker's tmpfs defaults with `words` over them: each thing is decided once, by the last word about it.
 * Errors: `bad-tmpfs-option`.
 */
export function mergeTmpfsOptions(words: readonly string[]): string[] {
  const decided = new Map<string, string>()
  for (const word of [...DEFAULTS, ...words]) if (!meaningless.has(word)) decided.set(subject(word), word)
  return [...decided.values()]
}

function subject(word: string): string {
  const flag = flags.get(word)
  if (flag !== undefined) return flag
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  if (equals > 0 && values.get(name)?.test(word.slice(equals + 1))) return name
  throw invalid('bad-tmpfs-option', `mount tmpfs: option '${word}' is unknown or has a bad value`)
}
