import type { Check, DoctorHost, Reason, Verdict } from '../check.ts'
import { ok } from '../check.ts'

const KINDS = ['mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup'] as const

/** What isolates containers from each other and from the machine. */
export const namespaceChecks: readonly Check[] = [
  {
    id: 'namespaces',
    title: 'namespaces',
    look: (host) => {
      const absent = KINDS.filter((kind) => !host.exists(`/proc/self/ns/${kind}`))
      if (absent.length > 0) return without(`the kernel has no namespaces of the kinds ${absent.join(', ')}`)
      const forbidden = KINDS.filter((kind) => host.read(`/proc/sys/user/max_${kind}_namespaces`)?.trim() === '0')
      if (forbidden.length > 0)
        return without(`user.max_${forbidden[0]}_namespaces is 0`, `sysctl user.max_${forbidden[0]}_namespaces=10000`)
      const attempt = host.attempts?.asRoot?.namespaces
      if (attempt === undefined) return { state: 'unknown', detail: 'The kernel has them; making some takes root.' }
      const reason = attempt()
      return reason === undefined ? ok('A process got a set of its own.') : without(reason)
    },
  },
  {
    id: 'user-namespaces',
    title: 'user namespaces',
    look: (host) => {
      const reason = whyNoUserNamespace(host)
      if (reason === undefined) return ok(host.uid === 0 ? 'Root can make them.' : 'Ordinary users can make them.')
      return {
        state: 'limited',
        detail: `User namespaces cannot be made: ${reason}.`,
        remedy: 'Pocker runs as root and does without them; nothing needs to be done.',
      }
    },
  },
]

function without(reason: string, command?: string): Verdict {
  return {
    state: 'missing',
    detail: `Namespaces cannot be made: ${reason}.`,
    ...(command === undefined
      ? { remedy: 'Inside a container or a sandbox, Pocker needs a privileged one.' }
      : { remedy: 'Allow them again.', command: `sudo ${command}` }),
  }
}

/** Distributions forbid them to ordinary users in four ways; the kernel says EPERM or EACCES to all. */
function whyNoUserNamespace({ exists, read, attempts, uid }: DoctorHost): Reason {
  if (!exists('/proc/self/ns/user')) return 'the kernel has none'
  if (read('/proc/sys/user/max_user_namespaces')?.trim() === '0') return 'user.max_user_namespaces is 0'
  const reason = attempts?.userNamespaces()
  if (reason === undefined || uid === 0) return reason
  if (read('/proc/sys/kernel/unprivileged_userns_clone')?.trim() === '0') return 'kernel.unprivileged_userns_clone is 0'
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')?.trim() === '1') {
    return 'AppArmor restricts them to programs with a profile (kernel.apparmor_restrict_unprivileged_userns)'
  }
  return reason
}
