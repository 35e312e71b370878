import { flags } from '../../linux/constants.ts'
import { type Cell, Label } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Spec } from '../oci.ts'

/** Makes the paths of /proc and /sys that concern the whole machine read-only, and hides those that a container should not see. */
export function maskPaths(plan: Plan, spec: Spec, root: Cell): void {
  plan.step('maskPaths')
  for (const path of spec.linux.readonlyPaths) makeReadonly(plan, root, path)
  if (spec.linux.maskedPaths.length === 0) return
  // Opened before the root changes, so never the container's own /dev/null, which may be anything (CVE-2025-31133).
  const nothing = plan.open('/dev/null', flags('O_PATH', 'O_NOFOLLOW', 'O_CLOEXEC'), 'host /dev/null')
  for (const path of spec.linux.maskedPaths) maskPath(plan, root, { path, nothing })
}

function makeReadonly(plan: Plan, root: Cell, path: string): void {
  const missing = new Label(`no ${path}`)
  const target = plan.openBeneath(root, path, flags('O_PATH', 'O_CLOEXEC'), { onError: missing })
  const copy = plan.cloneMount(target, '', { recursive: true })
  plan.setMount(copy, { set: flags('MOUNT_ATTR_RDONLY'), recursive: true })
  plan.moveMount(copy, target)
  plan.program.label(missing)
}

/** A missing path is fine: not every kernel has all of them. A folder gets an empty one, a file the host's own /dev/null. */
function maskPath(plan: Plan, root: Cell, at: { path: string; nothing: Cell }): void {
  const done = new Label(`no ${at.path}`)
  const file = new Label(`${at.path} is a file`)
  const target = plan.openBeneath(root, at.path, flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), { onError: file })
  plan.enter(target)
  plan.mountHere('tmpfs', 'tmpfs', flags('MS_RDONLY', 'MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC'), 'nr_blocks=1,nr_inodes=1')
  plan.program.jump(done)
  plan.program.label(file)
  plan.openBeneath(root, at.path, flags('O_PATH', 'O_CLOEXEC'), { onError: done, result: target })
  plan.moveMount(plan.cloneMount(at.nothing, '', { recursive: false }), target)
  plan.program.label(done)
}
