/** Which control group hierarchies this host has, and where. */
import { PockerError } from '../../api/errors.ts'

export interface CgroupHost {
  /** `hybrid`: v1 controllers set the limits and a v2 hierarchy without them is mounted as well. */
  readonly mode: 'v1' | 'v2' | 'hybrid'
  /** v1: controller, or `name=…` of a hierarchy without one, to its mount point. Co-mounted controllers share theirs. */
  readonly mounts: ReadonlyMap<string, string>
  /** The mount point of the v2 hierarchy. */
  readonly unified?: string
  /** What the top of the v2 hierarchy offers. */
  readonly unifiedControllers: readonly string[]
}

/** One v1 hierarchy with all its controllers. */
export interface Hierarchy {
  readonly mountpoint: string
  readonly controllers: readonly string[]
}

export interface CgroupHostSource {
  /** The text of /proc/self/mountinfo. */
  readonly mountinfo: string
  /** Reads `cgroup.controllers` of the v2 hierarchy mounted there. */
  readonly readControllers: (mountpoint: string) => string
}

// Options of a v1 superblock that are no controllers (cgroup1_show_options in the kernel).
const FLAGS = new Set(['rw', 'ro', 'xattr', 'noprefix', 'clone_children', 'cpuset_v2_mode', 'favordynmods', 'seclabel', 'none', 'all'])

/**
 * Finds the hierarchies from the mount table.
 * The first mount of a hierarchy counts: later ones are copies for containers or chroots.
 * Errors: Unavailable `cgroup-unavailable` when nothing is mounted.
 */
export function readCgroupHost({ mountinfo, readControllers }: CgroupHostSource): CgroupHost {
  const mounts = new Map<string, string>()
  let unified: string | undefined
  for (const line of mountinfo.split('\n')) {
    const mount = parseMount(line)
    if (mount?.type === 'cgroup2') unified ??= mount.mountpoint
    if (mount?.type !== 'cgroup') continue
    for (const option of mount.options) {
      if (!FLAGS.has(option) && !option.startsWith('release_agent=') && !mounts.has(option)) mounts.set(option, mount.mountpoint)
    }
  }
  const legacy = [...mounts.keys()].some((name) => !name.startsWith('name='))
  if (unified === undefined) {
    if (!legacy) {
      throw new PockerError('Unavailable', 'find control groups: no cgroup file system is mounted', {
        code: 'cgroup-unavailable',
        hint: 'Mount one at /sys/fs/cgroup: mount -t cgroup2 cgroup2 /sys/fs/cgroup',
      })
    }
    return { mode: 'v1', mounts, unifiedControllers: [] }
  }
  const unifiedControllers = readControllers(unified)
    .split(/\s+/)
    .filter((name) => name !== '')
  return { mode: legacy ? 'hybrid' : 'v2', mounts, unified, unifiedControllers }
}

/** The v1 hierarchies that hold any of these controllers, each once, in the order of `controllers`. */
export function hierarchiesOf(host: CgroupHost, controllers: readonly string[]): Hierarchy[] {
  const mountpoints = new Set(controllers.flatMap((name) => host.mounts.get(name) ?? []))
  return [...mountpoints].map((mountpoint) => ({
    mountpoint,
    controllers: [...host.mounts].filter(([, mounted]) => mounted === mountpoint).map(([name]) => name),
  }))
}

interface MountLine {
  readonly mountpoint: string
  readonly type: string
  readonly options: readonly string[]
}

// proc_pid_mountinfo(5): … (5) mount point, (6) options, optional fields, "-", type, source, superblock options
function parseMount(line: string): MountLine | undefined {
  const separator = line.indexOf(' - ')
  if (separator < 0) return undefined
  const mountpoint = line.slice(0, separator).split(' ')[4]
  const [type, , options] = line.slice(separator + 3).split(' ')
  if (mountpoint === undefined || type === undefined || options === undefined) return undefined
  return { mountpoint: decodeOctal(mountpoint), type, options: options.split(',') }
}

// Blanks and backslashes in paths stand as \ooo.
function decodeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
