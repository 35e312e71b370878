/** Loads and attaches the devices program of a cgroup v2 group. */
import { call } from '../../linux/call.ts'
import { type Arena, mapArena } from '../../linux/machine.ts'
import {
  BPF_PROG_ATTACH,
  BPF_PROG_LOAD,
  MAX_DEVICE_INSTRUCTIONS,
  programAttachAttributes,
  programLoadAttributes,
} from './device-program.ts'

let memory: Arena | undefined

/**
 * Attaches `program` (of `compileDeviceProgram`) to the group whose folder `cgroup` is a descriptor of; a second one comes on top of the
 * first. The group keeps it until it is removed.
 * Preconditions: CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN, in the first user namespace; a rootless helper has neither.
 * Errors: SyscallError.
 */
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
  memory ??= mapArena(8 * MAX_DEVICE_INSTRUCTIONS + 4096)
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
