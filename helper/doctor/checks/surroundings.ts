import { type Check, type DoctorHost, ok, type Verdict } from '../check.ts'

/** What the machine is, and what else runs on it. */
export const surroundingsChecks: readonly Check[] = [
  { id: 'surroundings', title: 'kind of machine', look: lookAround },
  { id: 'rights', title: 'rights of root', look: lookAtRights },
  {
    id: 'service-manager',
    title: 'service',
    look: ({ exists }) => {
      if (!exists('/run/systemd/system')) {
        return {
          state: 'limited',
          detail: 'There is no systemd: after a restart of the machine, containers start again when Pocker is started.',
        }
      }
      if (exists('/etc/systemd/system/pocker.service')) return ok('Pocker is a service of systemd and starts with the machine.')
      return {
        state: 'ok',
        detail: 'Pocker starts on demand.',
        remedy: 'As a service it starts with the machine, and with it the containers whose restart policy says so.',
        command: 'sudo pocker service install',
      }
    },
  },
  {
    id: 'clock',
    title: 'clock',
    look: ({ now, built }) =>
      // A day, for time zones of build machines that were set wrong.
      now > built - 86_400_000
        ? ok(new Date(now).toISOString().slice(0, 10))
        : {
            state: 'limited',
            detail: `The clock stands at ${new Date(now).toISOString().slice(0, 10)}, before this program was made: registries’ certificates will be refused.`,
            remedy: 'Set the clock.',
            command: 'sudo timedatectl set-ntp true',
          },
  },
  {
    id: 'other-engines',
    title: 'other engines',
    look: ({ exists }) => {
      const found = ENGINES.filter(([, socket]) => exists(socket)).map(([name]) => name)
      return ok(found.length === 0 ? 'none' : `${[...new Set(found)].join(', ')}: Pocker does not get in the way`)
    },
  },
]

const ENGINES = [
  ['Docker', '/var/run/docker.sock'],
  ['Podman', '/run/podman/podman.sock'],
  ['containerd', '/run/containerd/containerd.sock'],
  ['CRI-O', '/var/run/crio/crio.sock'],
] as const

function lookAround(host: DoctorHost): Verdict {
  const kernel = host.read('/proc/version') ?? host.release
  // WSL 1 translates system calls; its kernel has no number of its own that would tell.
  if (/microsoft/i.test(kernel) && !/wsl2|microsoft-standard/i.test(kernel)) {
    return {
      state: 'missing',
      detail: 'This is WSL 1, which has no Linux kernel.',
      remedy: 'Change this distribution to WSL 2, in a Windows terminal.',
      command: `wsl --set-version ${host.env.WSL_DISTRO_NAME ?? 'DISTRIBUTION'} 2`,
    }
  }
  if (host.exists('/.flatpak-info')) return sandboxed('Flatpak')
  // A classic snap, as VS Code’s is, has a label too, but is not confined by it.
  if (/^snap\.[^ ]+ \(enforce\)/.test(host.read('/proc/self/attr/current') ?? '')) return sandboxed('a snap')
  const container = containerKind(host)
  if (container !== undefined) {
    if (host.uid === 0) return ok(`a container itself (${container})`)
    return {
      state: 'unknown',
      detail: `This is a container itself (${container}); whether it may make others takes root to see.`,
      remedy: 'Pocker needs a privileged one.',
    }
  }
  return ok(/microsoft/i.test(kernel) ? 'WSL 2' : 'a machine of its own, or a virtual one')
}

function sandboxed(what: string): Verdict {
  return {
    state: 'missing',
    detail: `This program runs in the sandbox of ${what}, which no program of the machine can be started from.`,
    remedy: 'Install the editor as a package of the system, or connect to this machine over SSH.',
  }
}

function containerKind({ read, exists }: DoctorHost): string | undefined {
  const named = read('/run/systemd/container')?.trim() ?? /(?:^|\0)container=([^\0]+)/.exec(read('/proc/1/environ') ?? '')?.[1]
  if (named !== undefined && named !== '' && named !== 'wsl') return named
  if (exists('/.dockerenv')) return 'docker'
  return exists('/run/.containerenv') ? 'podman' : undefined
}

const CAP_SYS_ADMIN = 21n

/** Root of a rootless container is root in name only. */
function lookAtRights({ uid, read }: DoctorHost): Verdict | undefined {
  if (uid !== 0) return undefined
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(read('/proc/self/status') ?? '')?.[1] ?? '0'}`)
  const remedy = 'Inside a container, Pocker needs a privileged one.'
  if (((effective >> CAP_SYS_ADMIN) & 1n) === 0n) {
    return { state: 'missing', detail: 'Root may not mount anything here (no CAP_SYS_ADMIN).', remedy }
  }
  // The first user namespace shows all numbers as they are.
  if (read('/proc/self/uid_map')?.trim().split(/\s+/).join(' ') !== '0 0 4294967295') {
    return { state: 'missing', detail: 'Root is an ordinary user of the machine here (a user namespace).', remedy }
  }
  return ok('all that is needed')
}
