import type { Attempts, DoctorHost } from './check.ts'

export const V2 = `25 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 25 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec - cgroup2 cgroup2 rw
`

export interface HostOptions extends Partial<Omit<DoctorHost, 'read' | 'exists' | 'attempts'>> {
  /** A tree of files, laid over that of an ordinary machine; undefined takes one away. */
  readonly files?: Readonly<Record<string, string | undefined>>
  readonly attempts?: Attempts | undefined
}

const works = () => undefined

/** Every attempt works. */
export const ALL_WORKS: Required<Attempts> = {
  seccomp: works,
  userNamespaces: works,
  asRoot: { namespaces: works, overlay: works, idmappedMounts: works, packetFilter: works, forwarding: works },
}

const FILES: Readonly<Record<string, string>> = {
  '/proc/self/mountinfo': V2,
  '/proc/self/status': 'CapEff:\t000001ffffffffff\nNoNewPrivs:\t0\n',
  '/proc/self/uid_map': '         0          0 4294967295\n',
  '/proc/version': 'Linux version 6.12.9-amd64\n',
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
  '/run/systemd/system': '',
  '/usr/bin/sudo': '',
  ...Object.fromEntries(['mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup', 'user'].map((name) => [`/proc/self/ns/${name}`, ''])),
}

/** A machine on which all is well, but for what the test says. */
export function exampleHost({ files = {}, ...options }: HostOptions = {}): DoctorHost {
  const tree: Readonly<Record<string, string | undefined>> = { ...FILES, ...files }
  return {
    architecture: 'x64',
    release: '6.12.9-amd64',
    uid: 0,
    env: {},
    now: Date.UTC(2026, 5, 1),
    built: Date.UTC(2026, 4, 1),
    dataRoot: '/var/lib/pocker',
    read: (path) => tree[path],
    exists: (path) => tree[path] !== undefined,
    free: () => ({ bytes: 50e9, files: 1e6 }),
    attempts: 'attempts' in options ? options.attempts : ALL_WORKS,
    nativeProblem: undefined,
    ...options,
  }
}
