import { PockerError } from '../../api/errors.ts'
import { type CgroupHost, readCgroupHost } from '../../container/cgroup/host.ts'
import { type Check, ok, type Verdict } from '../check.ts'

/** What each controller is for, in the order of importance. `devices` on version 2 is a program that needs no controller. */
const CONTROLLERS: readonly (readonly [names: readonly string[], use: string])[] = [
  [['memory'], 'memory limits'],
  [['cpu'], 'processor limits'],
  [['pids'], 'limits on processes'],
  [['cpuset'], 'pinning to processors'],
  [['io', 'blkio'], 'disk limits'],
]

const VERSION = { v1: 'version 1', v2: 'version 2', hybrid: 'version 1, with version 2 beside it' } as const

/** The limits that containers can have. */
export const cgroupChecks: readonly Check[] = [
  {
    id: 'cgroups',
    title: 'control groups',
    look: ({ read, uid }) => {
      try {
        const host = readCgroupHost({
          mountinfo: read('/proc/self/mountinfo') ?? '',
          readControllers: (mountpoint) => read(`${mountpoint}/cgroup.controllers`) ?? '',
        })
        return judge(host, { readOnly: isReadOnly(read('/proc/self/mountinfo') ?? '', host), uid })
      } catch (error) {
        if (!(error instanceof PockerError)) throw error
        return { state: 'missing', detail: 'No control groups are mounted.', remedy: 'Mount them.', command: MOUNT }
      }
    },
  },
]

const MOUNT = 'sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup'

function judge(host: CgroupHost, { readOnly, uid }: { readOnly: boolean; uid: number }): Verdict {
  if (readOnly && uid === 0) {
    return {
      state: 'missing',
      detail: 'Control groups are mounted read-only.',
      remedy: 'Inside a container, Pocker needs a privileged one with its own control groups.',
    }
  }
  if (host.mode !== 'v2' && !host.mounts.has('devices')) {
    return {
      state: 'missing',
      detail: 'The controller of devices is not mounted: a container could open the disks.',
      remedy: 'Mount it.',
      command: 'sudo mount -t cgroup -o devices cgroup /sys/fs/cgroup/devices',
    }
  }
  const offered = new Set(host.mode === 'v2' ? host.unifiedControllers : host.mounts.keys())
  const absent = CONTROLLERS.filter(([names]) => !names.some((name) => offered.has(name)))
  if (absent.length === 0) return ok(`${VERSION[host.mode]}, with all limits`)
  return {
    state: 'limited',
    detail: `${VERSION[host.mode]}, without ${absent.map(([, use]) => use).join(', ')}.`,
    remedy: absent.some(([names]) => names.includes('memory'))
      ? 'Where the memory controller is turned off (Raspberry Pi OS), add cgroup_enable=memory to the kernel’s command line and restart.'
      : 'Use a kernel that has these controllers; containers run without, and such limits become warnings.',
  }
}

function isReadOnly(mountinfo: string, host: CgroupHost): boolean {
  const place = host.mode === 'v2' ? host.unified : host.mounts.get('devices')
  const line = mountinfo.split('\n').find((entry) => entry.split(' ')[4] === place)
  return line?.split(' ')[5]?.split(',').includes('ro') === true
}
