/**
 * Mounts what a volume's options name. In a process of its own, and on the host: a server that does not answer keeps a mount(2) waiting
 * for minutes, and the helper has one thread.
 */
import { constants } from 'node:os'
import { PockerError } from '../api/errors.ts'
import { call, tryCall } from '../linux/call.ts'
import { linux } from '../linux/constants.ts'
import { errnoName } from '../linux/errno.ts'

/** Fields: `type`, `device`, `flags`, `data`, `target`. Errors: InvalidParameter `volume-device-missing`, Unavailable `volume-mount-failed`. */
export function mountDeviceJob(job: Readonly<Record<string, unknown>>): void {
  const [type, device, data, target] = [String(job.type), String(job.device), String(job.data), String(job.target)]
  const flags = Number(job.flags)
  const kept = linux.MS_BIND | linux.MS_REC
  const isBind = (flags & linux.MS_BIND) !== 0
  const result = tryCall('mount', [device, target, type, isBind ? flags & kept : flags, data === '' ? 0 : data])
  if (result < 0) throw explain({ type, device, errno: -result })
  try {
    // What is mounted below it later stays here, and nothing of the host's comes in.
    call('mount', ['none', target, 0, linux.MS_PRIVATE | (flags & linux.MS_REC), 0], target)
    // A bind mount takes its own flags in a second step only.
    if (isBind && (flags & ~kept) !== 0) call('mount', ['none', target, 0, (flags & ~linux.MS_REC) | linux.MS_REMOUNT, 0], target)
  } catch (error) {
    tryCall('umount2', [target, linux.MNT_DETACH | linux.UMOUNT_NOFOLLOW])
    throw error
  }
}

function explain({ type, device, errno }: { type: string; device: string; errno: number }): PockerError {
  const { ENOENT, ENOTDIR, ENODEV, EINVAL } = constants.errno
  if (errno === ENOENT || errno === ENOTDIR) {
    const message = `mount volume: its device '${device}' is not there, or is no folder`
    return new PockerError('InvalidParameter', message, { code: 'volume-device-missing', hint: 'make it, or make the volume anew' })
  }
  const why =
    errno === ENODEV
      ? `the kernel has no file system '${type}'`
      : errno === EINVAL
        ? 'the kernel takes neither device nor options like these'
        : errnoName(errno)
  return new PockerError('Unavailable', `mount volume: '${device}' as ${type}: ${why}`, { code: 'volume-mount-failed' })
}
