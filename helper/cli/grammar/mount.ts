import type { MountRequest } from '../../api/host-config.ts'
import { parseTruth } from '../flags.ts'
import { parseCsv } from './csv.ts'
import { invalid } from './invalid.ts'
import { splitOnce } from './key-values.ts'
import { parseSize } from './size.ts'
import { absoluteSource } from './volume.ts'

type Field = (mount: MountRequest, value: string, folder: string) => void
type BindOptions = NonNullable<MountRequest['BindOptions']>

/** The keys that may stand without a value. */
const BARE = new Set(['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive', 'bind-create-src'])

const FIELDS: Readonly<Record<string, Field>> = {
  type: (mount, value) => {
    mount.Type = oneOf(['bind', 'volume', 'tmpfs', 'image'], 'mount type', value.toLowerCase())
  },
  source: (mount, value, folder) => {
    mount.Source = absoluteSource(value, folder)
  },
  target: (mount, value) => {
    mount.Target = value
  },
  readonly: (mount, value) => {
    mount.ReadOnly = parseTruth(value)
  },
  consistency: (mount, value) => {
    mount.Consistency = value.toLowerCase()
  },
  'bind-propagation': (mount, value) => {
    bind(mount).Propagation = oneOf(
      ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'],
      'bind-propagation',
      value.toLowerCase(),
    )
  },
  'bind-nonrecursive': (mount, value) => {
    bind(mount).NonRecursive = parseTruth(value)
  },
  'bind-recursive': setRecursion,
  'bind-create-src': (mount, value) => {
    bind(mount).CreateMountpoint = parseTruth(value)
  },
  'volume-subpath': (mount, value) => {
    volume(mount).Subpath = value
  },
  'volume-nocopy': (mount, value) => {
    volume(mount).NoCopy = parseTruth(value)
  },
  'volume-label': (mount, value) => {
    const options = volume(mount)
    options.Labels = withEntry(options.Labels, value)
  },
  'volume-driver': (mount, value) => {
    driver(mount).Name = value
  },
  'volume-opt': (mount, value) => {
    const options = driver(mount)
    options.Options = withEntry(options.Options, value)
  },
  'tmpfs-size': (mount, value) => {
    tmpfs(mount).SizeBytes = parseSize(value)
  },
  'tmpfs-mode': (mount, value) => {
    if (!/^[0-7]{1,5}$/.test(value)) throw invalid('invalid-mount', `invalid value for tmpfs-mode: ${value}`)
    tmpfs(mount).Mode = Number.parseInt(value, 8)
  },
}

const OTHER_NAMES: Readonly<Record<string, string>> = { src: 'source', dst: 'target', destination: 'target', ro: 'readonly' }

/**
 * One `--mount` value: comma-separated `key=value` fields, such as `type=bind,source=./data,target=/data,readonly`. The type is `volume`
 * when none is given; a source that starts with `.` is a path from `folder`.
 * Follows opts.MountOpt of the Docker CLI. Errors: `invalid-mount`, `invalid-csv`, `invalid-size`, `invalid-truth-value`.
 */
export function parseMount(text: string, folder: string): MountRequest {
  const mount: MountRequest = { Type: 'volume', Target: '' }
  for (const field of parseCsv(text.trim())) {
    const equals = field.indexOf('=')
    const [written, value] = equals < 0 ? [field, 'true'] : splitOnce(field, '=')
    const key = written.toLowerCase()
    const set = Object.hasOwn(FIELDS, OTHER_NAMES[key] ?? key) ? FIELDS[OTHER_NAMES[key] ?? key] : undefined
    if (equals < 0 && !BARE.has(key)) throw invalid('invalid-mount', `invalid field '${field}' must be a key=value pair`)
    if (set === undefined) throw invalid('invalid-mount', `unexpected key '${key}' in '${field}'`)
    if (value.trim() === '') throw invalid('invalid-mount', `invalid value for '${key}': value is empty`)
    set(mount, value, folder)
  }
  return checked(mount)
}

function checked(mount: MountRequest): MountRequest {
  if (mount.Target === '') throw invalid('invalid-mount', 'target is required')
  const families = { bind: mount.BindOptions, volume: mount.VolumeOptions, tmpfs: mount.TmpfsOptions }
  for (const [type, options] of Object.entries(families)) {
    if (options !== undefined && mount.Type !== type)
      throw invalid('invalid-mount', `cannot mix '${type}-*' options with mount type '${mount.Type}'`)
  }
  const options: BindOptions = mount.BindOptions ?? {}
  if (options.ReadOnlyNonRecursive === true && mount.ReadOnly !== true) {
    throw invalid('invalid-mount', "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction")
  }
  if (options.ReadOnlyForceRecursive === true && mount.ReadOnly !== true) {
    throw invalid('invalid-mount', "option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction")
  }
  if (options.ReadOnlyForceRecursive === true && options.Propagation !== 'rprivate') {
    throw invalid('invalid-mount', "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction")
  }
  return mount
}

function setRecursion(mount: MountRequest, value: string): void {
  const options = bind(mount)
  switch (oneOf(['enabled', 'disabled', 'writable', 'readonly'], 'bind-recursive', value)) {
    case 'enabled':
      return
    case 'disabled':
      options.NonRecursive = true
      return
    case 'writable':
      options.ReadOnlyNonRecursive = true
      return
    case 'readonly':
      options.ReadOnlyForceRecursive = true
  }
}

function bind(mount: MountRequest): BindOptions {
  mount.BindOptions ??= {}
  return mount.BindOptions
}

function volume(mount: MountRequest): NonNullable<MountRequest['VolumeOptions']> {
  mount.VolumeOptions ??= {}
  return mount.VolumeOptions
}

function driver(mount: MountRequest): { Name?: string; Options?: Record<string, string> } {
  const options = volume(mount)
  options.DriverConfig ??= {}
  return options.DriverConfig
}

function tmpfs(mount: MountRequest): NonNullable<MountRequest['TmpfsOptions']> {
  mount.TmpfsOptions ??= {}
  return mount.TmpfsOptions
}

function withEntry(map: Record<string, string> | undefined, word: string): Record<string, string> {
  const [name, value] = splitOnce(word, '=')
  return { ...map, [name]: value }
}

function oneOf<const T extends string>(words: readonly T[], what: string, value: string): T {
  const found = words.find((word) => word === value)
  if (found === undefined) throw invalid('invalid-mount', `invalid value for ${what}: ${value} (must be one of ${words.join(', ')})`)
  return found
}
