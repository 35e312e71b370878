import { type Check, type DoctorHost, ok, type Verdict } from '../check.ts'
import { mountOf } from '../mount-of.ts'

/** Less than that is not enough for one larger image while it is unpacked. */
const LITTLE_SPACE = 2 * 1024 ** 3
const LITTLE_FILES = 20_000
/** Overlayfs takes none of these for what a container changes; others are tried, or are all right as far as anybody knows. */
const NO_UPPER = new Set(['overlay', 'nfs', 'nfs4', 'cifs', 'smb3', 'vfat', 'exfat', 'msdos', 'fuseblk', 'ecryptfs', '9p'])

/** Where images, containers and volumes are kept. */
export const storageChecks: readonly Check[] = [
  { id: 'overlayfs', title: 'layers', look: lookAtOverlay },
  {
    id: 'disk-space',
    title: 'disk space',
    look: ({ free, dataRoot }) => {
      const left = free(dataRoot)
      if (left === undefined) return { state: 'unknown', detail: `Nobody can say how much is free at ${dataRoot}.` }
      const gigabytes = `${(left.bytes / 1e9).toFixed(1)} GB`
      // Filesystems without a table of inodes say 0 of 0.
      const fewFiles = left.files > 0 && left.files < LITTLE_FILES
      if (left.bytes >= LITTLE_SPACE && !fewFiles) return ok(`${gigabytes} free at ${dataRoot}`)
      return {
        state: 'limited',
        detail: fewFiles ? `Only ${left.files} more files fit at ${dataRoot}.` : `Only ${gigabytes} are free at ${dataRoot}.`,
        remedy: 'Remove images that are not used, or move the data to a larger disk (POCKER_DATA_ROOT).',
        command: 'sudo pocker image prune --all',
      }
    },
  },
  {
    id: 'mount-options',
    title: 'volumes',
    look: ({ read, dataRoot }) => {
      const mount = mountOf(read('/proc/self/mountinfo') ?? '', dataRoot)
      const lost = ['noexec', 'nosuid', 'nodev'].filter((option) => mount?.options.includes(option))
      if (mount === undefined || lost.length === 0) return ok('Programs in volumes can run.')
      return {
        state: 'limited',
        detail: `${mount.mountpoint} is mounted with ${lost.join(', ')}, and so are volumes: ${CONSEQUENCE[lost[0] ?? ''] ?? ''}.`,
        remedy: 'Mount it without, or move the data elsewhere (POCKER_DATA_ROOT).',
        command: `sudo mount -o remount,exec,suid,dev ${mount.mountpoint}`,
      }
    },
  },
  {
    id: 'idmapped-mounts',
    title: 'files stay yours',
    look: ({ attempts, dataRoot }) => {
      const attempt = attempts?.asRoot?.idmappedMounts
      if (attempt === undefined) return { state: 'unknown', detail: 'Whether mounts can show other owners takes root to see.' }
      const reason = attempt(dataRoot)
      if (reason === undefined) return ok('Mounts can show files under other owners.')
      return {
        state: 'limited',
        detail: `Mounts cannot show files under other owners here: ${reason}.`,
        remedy: 'What a container’s root makes in a mounted folder belongs to root.',
      }
    },
  },
]

const CONSEQUENCE: Readonly<Record<string, string>> = {
  noexec: 'programs in them do not run',
  nosuid: 'sudo and the like in them do not work',
  nodev: 'devices in them do not work',
}

function lookAtOverlay({ attempts, dataRoot, read }: DoctorHost): Verdict {
  const mount = mountOf(read('/proc/self/mountinfo') ?? '', dataRoot)
  const type = mount?.type ?? 'this filesystem'
  const remedy = 'Keep the data on ext4, xfs or btrfs (POCKER_DATA_ROOT).'
  const attempt = attempts?.asRoot?.overlay
  if (attempt !== undefined) {
    const reason = attempt(dataRoot)
    if (reason === undefined) return ok(`overlayfs works on ${type} at ${dataRoot}`)
    return { state: 'missing', detail: `Overlayfs does not work at ${dataRoot} (${type}): ${reason}.`, remedy }
  }
  if (NO_UPPER.has(type)) {
    return { state: 'missing', detail: `Overlayfs keeps no changes on ${type}, which ${dataRoot} is on.`, remedy }
  }
  return { state: 'unknown', detail: `Whether overlayfs works on ${type} at ${dataRoot} takes root to see.` }
}
