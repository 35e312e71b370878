/** Puts a devices program on a cgroup v2 group by single system calls; containers get theirs in the launch program. */

import {
  BPF_PROG_ATTACH,
  BPF_PROG_LOAD,
  programAttachAttributes,
  programLoadAttributes,
} from '../../helper/container/cgroup/device-program.ts'
import { call } from '../../helper/linux/call.ts'
import { mapArena } from '../../helper/linux/machine.ts'

/** Attaches `program` to the group whose folder `cgroup` is a descriptor of. Errors: SyscallError. */
export function attachDeviceProgram(cgroup: number, program: Uint8Array): void {
  const loaded = loadProgram(program)
  try {
    const { bytes } = programAttachAttributes({ cgroup, program: loaded })
    call('bpf', [BPF_PROG_ATTACH, bytes, bytes.length], 'attach device program')
  } finally {
    call('close', [loaded], 'device program')
  }
}

function loadProgram(program: Uint8Array): number {
  const memory = mapArena(program.length + 64)
  const { bytes, pointers } = programLoadAttributes(program)
  const view = new DataView(bytes.buffer)
  let free = 0
  for (const { offset, to } of pointers) {
    const content = typeof to === 'string' ? new TextEncoder().encode(`${to}\0`) : to
    if (!(content instanceof Uint8Array)) throw new TypeError('a device program points to bytes and text only')
    memory.bytes.set(content, free)
    view.setBigUint64(offset, BigInt(memory.address + free), true)
    free += content.length
  }
  return call('bpf', [BPF_PROG_LOAD, bytes, bytes.length], 'load device program')
}
