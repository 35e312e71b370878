/** mount(8) words turned into kernel flags. */
import { linux, type Named } from '../../linux/constants.ts'

const FLAGS: Readonly<Record<string, keyof typeof linux>> = {
  ro: 'MS_RDONLY',
  nosuid: 'MS_NOSUID',
  nodev: 'MS_NODEV',
  noexec: 'MS_NOEXEC',
  noatime: 'MS_NOATIME',
  relatime: 'MS_RELATIME',
  strictatime: 'MS_STRICTATIME',
}

const ATTRIBUTES: Readonly<Record<string, keyof typeof linux>> = {
  ro: 'MOUNT_ATTR_RDONLY',
  nosuid: 'MOUNT_ATTR_NOSUID',
  nodev: 'MOUNT_ATTR_NODEV',
  noexec: 'MOUNT_ATTR_NOEXEC',
  noatime: 'MOUNT_ATTR_NOATIME',
}

const PROPAGATION: Readonly<Record<string, number>> = {
  private: linux.MS_PRIVATE,
  rprivate: linux.MS_PRIVATE,
  slave: linux.MS_SLAVE,
  rslave: linux.MS_SLAVE,
  shared: linux.MS_SHARED,
  rshared: linux.MS_SHARED,
  unbindable: linux.MS_UNBINDABLE,
  runbindable: linux.MS_UNBINDABLE,
}

const IGNORED = new Set(['rw', 'suid', 'dev', 'exec', 'bind', 'rbind', 'atime', 'rro'])

/** Flags for mount(2), and the words that are the filesystem's own, as its data. */
export function mountFlags(options: readonly string[]): { how: Named; data: string } {
  const data = options.filter((option) => !(option in FLAGS) && !(option in PROPAGATION) && !IGNORED.has(option))
  return { how: sum(options, FLAGS), data: data.join(',') }
}

/** Attributes and propagation for mount_setattr(2). Private when the words do not say. */
export function bindAttributes(options: readonly string[]): { set: Named; propagation: number } {
  const propagation = options.map((option) => PROPAGATION[option]).find((value) => value !== undefined)
  return { set: sum(options, ATTRIBUTES), propagation: propagation ?? linux.MS_PRIVATE }
}

function sum(options: readonly string[], table: Readonly<Record<string, keyof typeof linux>>): Named {
  const names = options.map((option) => table[option]).filter((name) => name !== undefined)
  return { value: names.reduce((value, name) => value | linux[name], 0), text: names.length === 0 ? '0' : names.join('|') }
}
