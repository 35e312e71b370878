import { constants } from 'node:os'
import { flags } from '../../linux/constants.ts'
import { type Cell, int32, Label } from '../../linux/program.ts'
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
  const done = new Label(`${path} is read-only`)
  const target = openExisting(plan, root, { path, missing: done })
  const copy = plan.cloneMount(target, '', { recursive: true })
  plan.setMount(copy, { set: flags('MOUNT_ATTR_RDONLY'), recursive: true })
  plan.moveMount(copy, target)
  plan.program.label(done)
}

const notThere = int32(-constants.errno.ENOENT)

/** Only what is not there may be passed over: after any other error, such as no memory, the path would stay open to the container. */
function openExisting(plan: Plan, root: Cell, at: { path: string; missing: Label; result?: Cell }): Cell {
  const [failed, found] = [new Label(`not opened: ${at.path}`), new Label(`opened: ${at.path}`)]
  const how = flags('O_PATH', 'O_CLOEXEC')
  const target = plan.openBeneath(root, at.path, how, { onError: failed, ...(at.result === undefined ? {} : { result: at.result }) })
  plan.program.jump(found)
  plan.program.label(failed)
  plan.program.whenEqual(target, notThere, at.missing)
  plan.program.copy(plan.openBeneath(root, at.path, how), target)
  plan.program.label(found)
  return target
}

/** A missing path is fine: not every kernel has all of them. A folder gets an empty one, a file the host's own /dev/null. */
function maskPath(plan: Plan, root: Cell, at: { path: string; nothing: Cell }): void {
  const done = new Label(`${at.path} is masked`)
  const file = new Label(`${at.path} is a file`)
  const target = plan.openBeneath(root, at.path, flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), { onError: file })
  plan.enter(target)
  plan.mountHere('tmpfs', 'tmpfs', flags('MS_RDONLY', 'MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC'), 'nr_blocks=1,nr_inodes=1')
  plan.program.jump(done)
  plan.program.label(file)
  openExisting(plan, root, { path: at.path, missing: done, result: target })
  plan.moveMount(plan.cloneMount(at.nothing, '', { recursive: false }), target)
  plan.program.label(done)
}
