import { flags, linux } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { CgroupMount, CgroupPlan } from '../cgroup/plan.ts'
import type { Plan } from '../launch/plan.ts'
import type { Spec } from '../oci.ts'
import { mountFilesystem } from './mount-filesystem.ts'
import { bindAttributes, mountFlags } from './mount-options.ts'
import { isOwn } from './namespaces.ts'

/** The kernel's /sys, and the container's own cgroups in it. */
export function createSysFolder(plan: Plan, spec: Spec, root: Cell, cgroup: CgroupPlan): void {
  plan.step('createSysFolder')
  for (const mount of spec.mounts) {
    if (mount.type === 'sysfs') mountFilesystem(plan, root, mount)
    if (mount.type === 'cgroup')
      mountCgroups(plan, root, { path: mount.destination.slice(1), options: mount.options, cgroup, own: isOwn(spec, 'cgroup') })
  }
}

interface CgroupPlace {
  readonly path: string
  readonly options: readonly string[]
  readonly cgroup: CgroupPlan
  /** In a cgroup namespace of its own a fresh mount shows the container's groups only; elsewhere they are bound from the host. */
  readonly own: boolean
}

/** One cgroup2 mount, or on version 1 a small tmpfs with one mount for each hierarchy; read-only unless privileged (CVE-2022-0492). */
function mountCgroups(plan: Plan, root: Cell, at: CgroupPlace): void {
  const folder = flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC')
  const place = plan.openBeneath(root, at.path, folder, { ordinary: true })
  const whole = at.cgroup.mounts.find((mount) => mount.name === '')
  if (whole !== undefined) {
    mountCgroup(plan, place, { mount: whole, at })
    return
  }
  plan.enter(place)
  plan.mountHere('tmpfs', 'cgroup', flags('MS_NOSUID', 'MS_NOEXEC', 'MS_NODEV'), 'mode=755,size=64k')
  const cgroups = plan.openBeneath(root, at.path, folder, { ordinary: true })
  for (const mount of at.cgroup.mounts) {
    plan.call('mkdirat', [cgroups.value, mount.name, 0o755])
    mountCgroup(plan, plan.openBeneath(cgroups, mount.name, folder), { mount, at })
  }
  for (const link of at.cgroup.links) plan.call('symlinkat', [link.target, cgroups.value, link.name])
  if (at.options.includes('ro')) plan.setMount(cgroups, { set: flags('MOUNT_ATTR_RDONLY'), recursive: false })
}

function mountCgroup(plan: Plan, place: Cell, { mount, at }: { mount: CgroupMount; at: CgroupPlace }): void {
  if (at.own) {
    const { how } = mountFlags(at.options)
    plan.enter(place)
    plan.mountHere(mount.type, 'cgroup', how, mount.options)
    return
  }
  const bound = plan.cloneMount(linux.AT_FDCWD, mount.path, { recursive: false })
  plan.setMount(bound, { set: bindAttributes(at.options).set, recursive: false })
  plan.moveMount(bound, place)
}
