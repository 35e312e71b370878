/** A little memory for content that must not lie beside the file it is for. */

import { call, tryCall } from '../../linux/call.ts'
import { linux, O_TMPFILE } from '../../linux/constants.ts'
import { done } from './failure.ts'

// <linux/mount.h>
const FSOPEN_CLOEXEC = 1
const FSMOUNT_CLOEXEC = 1
const FSCONFIG_SET_STRING = 1
const FSCONFIG_CMD_CREATE = 6
/** Such files are /etc/hosts and secrets; this is for all at once. */
const SIZE = '64m'

let folder: number | undefined

/** Makes it, attached nowhere. To be called while the process may still mount. Errors: SyscallError. */
export function makeScratch(): void {
  const context = call('fsopen', ['tmpfs', FSOPEN_CLOEXEC], 'scratch')
  call('fsconfig', [context, FSCONFIG_SET_STRING, 'size', SIZE, 0], 'scratch')
  call('fsconfig', [context, FSCONFIG_CMD_CREATE, 0, 0, 0], 'scratch')
  folder = call(
    'fsmount',
    [context, FSMOUNT_CLOEXEC, linux.MOUNT_ATTR_NODEV | linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NOEXEC],
    'scratch',
  )
  call('close', [context], 'scratch')
}

/** An empty file without a name. The caller closes it. Errors: those of `failure`. */
export function openScratch(verb: string, path: string): number {
  return done(tryCall('openat', [folder ?? -1, '.', O_TMPFILE | linux.O_RDWR | linux.O_CLOEXEC, 0o600]), verb, path)
}
