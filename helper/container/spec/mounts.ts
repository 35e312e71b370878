/** All mounts of a container, in the order in which they are made. */
import type { HostConfig } from '../../api/host-config.ts'
import type { Mount } from '../oci.ts'
import { ipcSharing } from './namespaces.ts'

/** Bytes: Docker's 64 MiB. */
const DEFAULT_SHM_SIZE = 67_108_864

/** Docker's default mounts (moby's daemon/pkg/oci/defaults.go), a reason for each line; none of them holds programs or devices of its own. */
export const defaultMounts: readonly Mount[] = [
  // The container's processes; a new one shows only its pid namespace.
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  // Devices are made in it, so no nodev; small, since it is for nodes and not for data.
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
  // Terminals of its own: without newinstance it would show the host's. gid 5 is tty in every distribution.
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  // Read-only: it is mostly the host's hardware.
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  // Read-only: a container that writes its cgroup lifts its own limits, and release_agent is a program of the host's (CVE-2022-0492).
  { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro', 'nosuid', 'noexec', 'nodev'] },
  // POSIX message queues of its IPC namespace.
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  // POSIX shared memory, writable for all.
  { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777'] },
]

// With a read-only root these stay writable, or nothing runs.
const alwaysWritable = new Set(['/proc', '/dev', '/dev/pts', '/dev/mqueue', '/dev/shm'])

/** Host paths of the files that the helper keeps for a container, absent ones are not mounted. */
export interface ContainerFiles {
  readonly hosts?: string
  readonly hostname?: string
  readonly resolvConf?: string
}

export interface MountInput {
  readonly config: HostConfig
  /** What the image brings along: the default image's /usr. */
  readonly imageMounts: readonly Mount[]
  /** From `resolveMounts`. */
  readonly userMounts: readonly Mount[]
  readonly files: ContainerFiles
}

/** The image's mounts, Docker's defaults as far as the user does not replace them, then the user's and the generated files. */
export function planMounts({ config, imageMounts, userMounts, files }: MountInput): Mount[] {
  const replaced = new Set(userMounts.map(({ destination }) => destination))
  const kept = (mount: Mount) => !replaced.has(mount.destination)
  // Over a /dev of the user's nothing is mounted: it may be the host's.
  const defaults = defaultMounts.filter((mount) => kept(mount) && !(replaced.has('/dev') && mount.destination.startsWith('/dev/')))
  return [
    ...imageMounts.filter(kept),
    ...defaults.flatMap((mount) => adapt(mount, config)),
    ...interleave(userMounts, generatedFiles(config, files).filter(kept)),
  ]
}

function adapt(mount: Mount, config: HostConfig): Mount[] {
  const adapted = mount.destination === '/dev/shm' ? sharedMemory(mount, config) : [mount]
  if (config.Privileged === true && (mount.type === 'sysfs' || mount.type === 'cgroup')) return adapted.map(withoutReadOnly)
  if (config.ReadonlyRootfs === true && !alwaysWritable.has(mount.destination)) return adapted.map(withReadOnly)
  return adapted
}

function sharedMemory(mount: Mount, config: HostConfig): Mount[] {
  const ipc = ipcSharing(config)
  if (ipc.with === 'host') return [sharedMemoryOf({})]
  if (ipc.with === 'container') return [sharedMemoryOf({ container: ipc.container })]
  if (ipc.mode === 'none') return []
  const size = config.ShmSize === undefined || config.ShmSize === 0 ? DEFAULT_SHM_SIZE : config.ShmSize
  return [{ ...mount, options: [...mount.options, `size=${size}`] }]
}

function sharedMemoryOf(owner: { container?: string }): Mount {
  const options = ['rbind', 'nosuid', 'noexec', 'nodev', 'rprivate']
  return { destination: '/dev/shm', type: 'bind', source: '/dev/shm', ...owner, options }
}

function generatedFiles(config: HostConfig, { resolvConf, hostname, hosts }: ContainerFiles): Mount[] {
  const options = config.ReadonlyRootfs === true ? ['rbind', 'ro', 'rprivate'] : ['rbind', 'rprivate']
  const files = [
    ['/etc/resolv.conf', resolvConf],
    ['/etc/hostname', hostname],
    ['/etc/hosts', hosts],
  ] as const
  return files.flatMap(([destination, source]) => (source === undefined ? [] : [{ destination, type: 'bind' as const, source, options }]))
}

// The files lie two deep: behind a mount on /etc, which would hide them, before what may be mounted below other folders.
function interleave(userMounts: readonly Mount[], files: readonly Mount[]): Mount[] {
  const isShallow = ({ destination }: Mount) => destination.lastIndexOf('/') === 0
  return [...userMounts.filter(isShallow), ...files, ...userMounts.filter((mount) => !isShallow(mount))]
}

function withReadOnly(mount: Mount): Mount {
  return mount.options.includes('ro') ? mount : { ...mount, options: [...mount.options, 'ro'] }
}

function withoutReadOnly(mount: Mount): Mount {
  return { ...mount, options: mount.options.filter((option) => option !== 'ro') }
}
