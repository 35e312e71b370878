import { isVolumeName } from '../../volume/volume-name.ts'
import { cleanDestination, cleanPath } from './container-path.ts'
import { invalid } from './refuse.ts'

export type Propagation = 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave'

/** One `-v`: `source:destination[:options]`, or a destination alone for an anonymous volume. */
export interface Bind {
  /** An absolute host path, the name of a volume, or absent for an anonymous one. */
  readonly source?: { readonly kind: 'path' | 'volume'; readonly text: string }
  readonly destination: string
  /** The options as written. */
  readonly mode: string
  readonly readOnly: boolean
  readonly propagation?: Propagation
  /** Pocker's own, in Podman's word: whoever the container runs as and whoever owns the folder take each other's place in it. */
  readonly swapsOwners?: true
}

// Of each group only one may be given. SELinux labels and macOS consistency are accepted for the clients that send them by habit.
const modeGroups: ReadonlyMap<string, string> = new Map([
  ['ro', 'access'],
  ['rw', 'access'],
  ['z', 'label'],
  ['Z', 'label'],
  ['private', 'propagation'],
  ['rprivate', 'propagation'],
  ['shared', 'propagation'],
  ['rshared', 'propagation'],
  ['slave', 'propagation'],
  ['rslave', 'propagation'],
  ['nocopy', 'copy'],
  ['idmap', 'owners'],
  ['consistent', 'consistency'],
  ['cached', 'consistency'],
  ['delegated', 'consistency'],
])

/**
 * Reads one entry of HostConfig.Binds, by the rules of moby's volume/mounts/linux_parser.go.
 * Errors: `bad-bind`, `bad-mount-mode`, `bad-mount-path`, `bad-volume-name`.
 */
export function parseBind(text: string): Bind {
  const [first = '', second, third, ...more] = text.split(':')
  if (first === '' || more.length > 0) throw invalid('bad-bind', `read volume '${text}': it must be source:destination[:options]`)
  if (second === undefined) return { destination: cleanDestination(first), mode: '', readOnly: false }
  // `/data:ro` is a destination with options but no source: Docker refuses it, since it looks like a source named /data.
  if (third === undefined && isMode(second)) throw invalid('bad-bind', `read volume '${text}': it has options but no destination`)
  const mode = third ?? ''
  if (!isMode(mode)) throw invalid('bad-mount-mode', `read volume '${text}': the options '${mode}' are unknown or contradict each other`)
  const words = mode.split(',')
  const propagation = words.find(isPropagation)
  const source = parseSource(first)
  if (propagation !== undefined && source.kind === 'volume') {
    throw invalid('bad-mount-mode', `read volume '${text}': propagation is for host folders, not for volumes`)
  }
  if (words.includes('idmap') && source.kind === 'volume') {
    throw invalid('bad-mount-mode', `read volume '${text}': idmap is for host folders, not for volumes`)
  }
  return {
    source,
    destination: cleanDestination(second),
    mode,
    readOnly: words.includes('ro'),
    ...(propagation === undefined ? {} : { propagation }),
    ...(words.includes('idmap') ? { swapsOwners: true } : {}),
  }
}

/** Errors: `bad-volume-name`. */
export function checkVolumeName(name: string): string {
  if (isVolumeName(name)) return name
  throw invalid(
    'bad-volume-name',
    `use volume '${name}': a name is at least two of letters, digits and _ . -`,
    'a host folder is given by its absolute path',
  )
}

/** Whether a word of a mount says how it shares what is mounted below it. */
export function isPropagation(word: string): word is Propagation {
  return modeGroups.get(word) === 'propagation'
}

function parseSource(text: string): { kind: 'path' | 'volume'; text: string } {
  if (text.startsWith('/')) return { kind: 'path', text: cleanPath(text) }
  return { kind: 'volume', text: checkVolumeName(text) }
}

function isMode(mode: string): boolean {
  if (mode === '') return true
  const seen = new Set<string>()
  for (const word of mode.split(',')) {
    const group = modeGroups.get(word)
    if (group === undefined || seen.has(group)) return false
    seen.add(group)
  }
  return true
}
