import { flags } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Spec } from '../oci.ts'
import { mountFilesystem } from './mount-filesystem.ts'

/** The container's own /proc, which shows the processes of its pid namespace, with its sysctls set through it. */
export function createProcFolder(plan: Plan, spec: Spec, root: Cell): void {
  plan.step('createProcFolder')
  const mount = spec.mounts.find((candidate) => candidate.type === 'proc' && candidate.destination === '/proc')
  if (mount === undefined) return
  const proc = mountFilesystem(plan, root, mount)
  for (const [name, value] of Object.entries(spec.linux.sysctl)) {
    // Beneath the descriptor of the procfs just mounted: nothing an image brings can lie in between (CVE-2025-52881).
    const file = plan.openBeneath(proc, `sys/${name.replaceAll('.', '/')}`, flags('O_WRONLY', 'O_CLOEXEC'), { ordinary: true })
    plan.call('write', [file.value, value, Buffer.byteLength(value)])
    plan.call('close', [file.value])
  }
}
