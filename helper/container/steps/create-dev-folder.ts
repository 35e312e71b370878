import { linux } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Device, Spec } from '../oci.ts'
import { mountFilesystem } from './mount-filesystem.ts'
import { mountFlags } from './mount-options.ts'
import { isDevice } from './mount-volumes.ts'

const LINKS: readonly (readonly [name: string, target: string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['core', '/proc/kcore'],
  ['ptmx', 'pts/ptmx'],
]

const TYPE = { c: linux.S_IFCHR, b: linux.S_IFBLK, p: linux.S_IFIFO } as const

/**
 * A /dev of the container's own: the devices it may use, its terminals, shared memory and message queues.
 * Everything in it lies in the tmpfs mounted here first, so that no name of the image's is ever followed.
 */
export function createDevFolder(plan: Plan, spec: Spec, root: Cell): void {
  plan.step('createDevFolder')
  const mount = spec.mounts.find((candidate) => candidate.type === 'tmpfs' && candidate.destination === '/dev')
  if (mount === undefined) return
  const dev = mountFilesystem(plan, root, mount)
  plan.enter(dev)
  for (const device of spec.linux.devices) createDevice(plan, dev, device)
  for (const [name, target] of LINKS) plan.call('symlinkat', [target, dev.value, name])
  for (const inner of spec.mounts) {
    if (inner.type === 'bind' || inner.destination === '/dev' || !isDevice(inner.destination)) continue
    const name = inner.destination.slice('/dev/'.length)
    const { how, data } = mountFlags(inner.options)
    makeParents(plan, dev, `${name}/.`)
    plan.mountAt(name, inner.type, inner.source, how, data)
  }
}

function createDevice(plan: Plan, dev: Cell, device: Device): void {
  if (!device.path.startsWith('/dev/')) return
  const name = device.path.slice('/dev/'.length)
  makeParents(plan, dev, name)
  plan.call('mknodat', [dev.value, name, TYPE[device.type] | device.fileMode, deviceNumber(device.major, device.minor)])
  if (device.uid !== 0 || device.gid !== 0) plan.call('fchownat', [dev.value, name, device.uid, device.gid, 0])
}

function makeParents(plan: Plan, dev: Cell, name: string): void {
  const parts = name.split('/')
  for (let count = 1; count < parts.length; count++) plan.attempt('mkdirat', [dev.value, parts.slice(0, count).join('/'), 0o755])
}

/** The kernel's encoding of a device number in mknod(2). */
export function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + major * 0x100 + (minor >>> 8) * 0x100000
}
