import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import type { Device } from '../oci.ts'

// Of /dev these are not devices to hand out: other filesystems, and the container has its own terminals.
const SKIPPED_FOLDERS = new Set(['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev'])
const SKIPPED_DEVICES = new Set(['console', 'ptmx'])

/**
 * The device at the host path `path` (links followed), or, when it is a folder, all devices in and below it (links not followed).
 * Undefined when nothing is there; empty when there is no device.
 */
export function readDevices(path: string): Device[] | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (stats.isDirectory()) return readFolder(path)
  const device = toDevice(path, stats)
  return device === undefined ? [] : [device]
}

function readFolder(folder: string): Device[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : readFolder(path)
    if (SKIPPED_DEVICES.has(entry.name) || !(entry.isCharacterDevice() || entry.isBlockDevice())) return []
    // Hot-plugged devices come and go between the listing and the look.
    const stats = lstatSync(path, { throwIfNoEntry: false })
    const device = stats === undefined ? undefined : toDevice(path, stats)
    return device === undefined ? [] : [device]
  })
}

function toDevice(path: string, stats: Stats): Device | undefined {
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return undefined
  return {
    path,
    type: stats.isBlockDevice() ? 'b' : 'c',
    ...splitNumber(stats.rdev),
    fileMode: stats.mode & 0o777,
    uid: stats.uid,
    gid: stats.gid,
  }
}

/** glibc's dev_t: 12 + 20 bits of major and minor in the low 32, the rest of both above. */
export function splitNumber(device: number): { major: number; minor: number } {
  const low = device >>> 0
  const high = Math.floor(device / 2 ** 32)
  return {
    major: ((low >>> 8) & 0xfff) + (high & 0xfffff000),
    minor: ((low & 0xff) | ((low >>> 12) & 0xfff00)) + (high & 0xfff) * 2 ** 20,
  }
}
