import { flags } from '../../linux/constants.ts'
import { Cell, int32 } from '../../linux/program.ts'
import {
  BPF_PROG_ATTACH,
  BPF_PROG_LOAD,
  compileDeviceProgram,
  programAttachAttributes,
  programLoadAttributes,
} from '../cgroup/device-program.ts'
import { descriptor, type Plan } from '../launch/plan.ts'
import type { DeviceRule } from '../oci.ts'

const LOAD_SIZE = 72
const ATTACH_SIZE = 20

/** cgroup version 2 has no device files: which devices may be opened is an eBPF program attached to the group. */
export function limitDevices(plan: Plan, group: string, rules: readonly DeviceRule[]): void {
  if (rules.length === 0) return
  plan.step('limitDevices')
  const load = programLoadAttributes(compileDeviceProgram(rules))
  const folder = plan.open(group, flags('O_RDONLY', 'O_DIRECTORY', 'O_CLOEXEC'))
  const program = plan.call('bpf', [BPF_PROG_LOAD, new Cell(load.bytes, load.pointers), LOAD_SIZE], {
    result: descriptor('device program'),
  })
  plan.call('bpf', [BPF_PROG_ATTACH, attachment(plan, folder, program), ATTACH_SIZE])
  plan.call('close', [program.value])
  plan.call('close', [folder.value])
}

/** Filled in from the front: each copy is 64 bits wide and clears the word behind its own. */
function attachment(plan: Plan, group: Cell, program: Cell): Cell {
  const { bytes } = programAttachAttributes({ cgroup: 0, program: 0 })
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const cell = new Cell(new Uint8Array(24))
  plan.program.copy(group, cell.at(0))
  plan.program.copy(program, cell.at(4))
  plan.program.copy(int32(view.getInt32(8, true)), cell.at(8))
  plan.program.copy(int32(view.getInt32(12, true)), cell.at(12))
  return cell
}
