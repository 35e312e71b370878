/** The options of Docker's volume driver `local`: what is mounted where the volume's data is. */
import { PockerError } from '../api/errors.ts'
import { linux } from '../linux/constants.ts'

export interface DeviceMount {
  /** The kernel's name of a file system; `none` with a bind mount. */
  readonly type: string
  /** A host path, a server's export, or a word such as `tmpfs`. */
  readonly device: string
  /** MS_… */
  readonly flags: number
  /** The file system's own words. */
  readonly data: string
}

const WORDS: Readonly<Record<string, number>> = {
  ro: linux.MS_RDONLY,
  nosuid: linux.MS_NOSUID,
  nodev: linux.MS_NODEV,
  noexec: linux.MS_NOEXEC,
  sync: linux.MS_SYNCHRONOUS,
  dirsync: linux.MS_DIRSYNC,
  noatime: linux.MS_NOATIME,
  nodiratime: linux.MS_NODIRATIME,
  relatime: linux.MS_RELATIME,
  strictatime: linux.MS_STRICTATIME,
  bind: linux.MS_BIND,
  rbind: linux.MS_BIND | linux.MS_REC,
}

/** Said by habit, and how it is anyway. */
const IGNORED = new Set([
  '',
  'rw',
  'suid',
  'dev',
  'exec',
  'async',
  'atime',
  'diratime',
  'defaults',
  'private',
  'rprivate',
  'auto',
  'noauto',
])

/** They would change a mount that is there, or share what is mounted below with the host. */
const REFUSED = new Set(['remount', 'move', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'])

/**
 * What the options ask for; undefined when there are none.
 * Errors: InvalidParameter `bad-volume-option`; NotImplemented `volume-size-not-available`.
 */
export function parseDeviceMount(options: Readonly<Record<string, string>>): DeviceMount | undefined {
  for (const name of Object.keys(options)) {
    if (name === 'size') throw noSize()
    if (name !== 'type' && name !== 'o' && name !== 'device') throw bad(`invalid option: "${name}"`, 'there are type, o and device')
  }
  const { type = '', o = '', device = '' } = options
  if (type === '' && o === '' && device === '') return undefined
  if (device === '') throw bad('the option "device" is missing', 'for memory it is tmpfs')
  const words = o.split(',')
  const refused = words.find((word) => REFUSED.has(word))
  if (refused !== undefined) throw bad(`"${refused}" cannot be said of a volume`)
  const flags = words.reduce((sum, word) => sum | (WORDS[word] ?? 0), 0)
  if ((flags & linux.MS_BIND) !== 0) return bindMount(device, flags)
  if (type === '' || type === 'none') throw bad('the option "type" is missing', 'for a folder of the host it is none, with o=bind')
  if (!/^[a-z0-9_.-]+$/i.test(type)) throw bad(`"${type}" is no file system`)
  const data = words.filter((word) => !IGNORED.has(word) && WORDS[word] === undefined).join(',')
  return { type, device, flags, data }
}

function bindMount(device: string, flags: number): DeviceMount {
  if (!device.startsWith('/')) throw bad(`"${device}" must be an absolute path of the host`)
  return { type: 'none', device, flags, data: '' }
}

function noSize(): PockerError {
  return new PockerError('NotImplemented', 'create volume: quotas of volumes are not there', {
    code: 'volume-size-not-available',
    hint: 'for a volume in memory: type=tmpfs, device=tmpfs, o=size=64m',
  })
}

function bad(why: string, hint?: string): PockerError {
  return new PockerError('InvalidParameter', `create volume: ${why}`, {
    code: 'bad-volume-option',
    ...(hint === undefined ? {} : { hint }),
  })
}
