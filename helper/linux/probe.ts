/** Whether this machine can run containers at all, asked once before anything is made. */
import { release } from 'node:os'
import { tryCall } from './call.ts'

const ENOSYS = -38
const EPERM = -1

/** The reason why not, as a sentence for the user; undefined when it can. */
export function whyUnsupported(): { readonly code: string; readonly message: string; readonly hint: string } | undefined {
  if (process.platform !== 'linux' || (process.arch !== 'x64' && process.arch !== 'arm64')) {
    return {
      code: 'platform-unsupported',
      message: `start the helper: ${process.platform} on ${process.arch} is not supported`,
      hint: 'it runs on Linux, x86-64 or arm64',
    }
  }
  if (process.getuid?.() !== 0) {
    return {
      code: 'not-root',
      message: 'start the helper: it needs to be root, since it makes namespaces, mounts and control groups',
      hint: 'start it with sudo',
    }
  }
  // mount_setattr came with 5.12: without it a read-only bind mount leaves the mounts below it writable.
  if (tryCall('mount_setattr', [-1, '', 0, 0, 0]) === ENOSYS) {
    return {
      code: 'kernel-too-old',
      message: `start the helper: Linux ${release()} is too old`,
      hint: 'containers need Linux 5.12 or newer',
    }
  }
  // In a new mount namespace of a child it would be the same: this asks without changing anything.
  if (tryCall('mount', ['', '/proc/self/does-not-exist', '', 0, 0]) === EPERM) {
    return {
      code: 'missing-privilege',
      message: 'start the helper: the kernel does not let it mount (no CAP_SYS_ADMIN)',
      hint: 'inside a container it must be a privileged one',
    }
  }
  return undefined
}
