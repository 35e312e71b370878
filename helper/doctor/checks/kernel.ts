import { isAtLeast, parseKernelVersion } from '../../container/spec/host-facts.ts'
import { type Check, ok } from '../check.ts'

/** The processor, the kernel, and its filter of system calls. */
export const kernelChecks: readonly Check[] = [
  {
    id: 'processor',
    title: 'processor',
    look: ({ architecture }) =>
      architecture === 'x64' || architecture === 'arm64'
        ? ok(architecture === 'x64' ? 'x86-64' : 'arm64')
        : {
            state: 'missing',
            detail: `This processor (${architecture}) is not supported: Pocker runs on x86-64 and arm64.`,
            remedy: 'Use Pocker on another machine, over SSH.',
          },
  },
  {
    id: 'kernel',
    title: 'Linux kernel',
    look: ({ release }) =>
      // mount_setattr came with it: without, a read-only bind mount leaves the mounts below it writable.
      isAtLeast(parseKernelVersion(release), 5, 12)
        ? ok(`${release}; 5.12 or newer is needed`)
        : {
            state: 'missing',
            detail: `Linux ${release} is too old: containers need 5.12 or newer.`,
            remedy: 'Update the system, or install a newer kernel.',
          },
  },
  {
    id: 'native-part',
    title: 'native part',
    look: ({ nativeProblem }) =>
      nativeProblem === undefined
        ? ok('loads')
        : {
            state: 'missing',
            detail: `Pocker’s native part does not load: ${nativeProblem.split('\n', 1)[0]}.`,
            remedy: 'Pocker needs a C library of glibc 2.28 or newer, as all larger distributions but Alpine have it.',
          },
  },
  {
    id: 'seccomp',
    title: 'system call filter',
    look: ({ attempts, read }) => {
      const reason = attempts === undefined ? withoutAttempt(read) : attempts.seccomp()
      if (reason === undefined) return ok('Containers are kept from system calls that they need not have.')
      return {
        state: 'missing',
        detail: `The kernel does not filter system calls: ${reason}.`,
        remedy: 'Use a kernel with CONFIG_SECCOMP_FILTER, as all distributions have it.',
      }
    },
  },
]

function withoutAttempt(read: (path: string) => string | undefined): string | undefined {
  const actions = read('/proc/sys/kernel/seccomp/actions_avail')
  return actions?.split(/\s+/).includes('errno') ? undefined : 'it has no list of actions'
}
