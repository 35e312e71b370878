/** Which devices a container may open or make, as an eBPF program for cgroup v2, and the two bpf() calls that put it there. */
import { PockerError } from '../../api/errors.ts'
import type { Pointer } from '../../linux/program.ts'
import type { DeviceRule } from '../oci.ts'

// <linux/bpf.h>
export const BPF_PROG_LOAD = 5
export const BPF_PROG_ATTACH = 8
const BPF_PROG_TYPE_CGROUP_DEVICE = 15
const BPF_CGROUP_DEVICE = 6
const BPF_F_ALLOW_MULTI = 2
const BPF_DEVCG_DEV_BLOCK = 1
const BPF_DEVCG_DEV_CHAR = 2
const BPF_DEVCG_ACC_MKNOD = 1
const BPF_DEVCG_ACC_READ = 2
const BPF_DEVCG_ACC_WRITE = 4
const EVERY_ACCESS = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE

// Operation codes: class, operation and operand in one.
const LOAD_WORD = 0x61
const MOVE = 0xbf
const MOVE_NUMBER = 0xb7
const AND_NUMBER = 0x57
const SHIFT_RIGHT = 0x77
const JUMP = 0x05
const JUMP_IF_SET = 0x45
const JUMP_UNLESS_EQUAL = 0x55
const JUMP_UNLESS_EQUAL_32 = 0x56
const EXIT = 0x95

// Registers. The kernel gives r1, a struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor.
const ANSWER = 0
const CONTEXT = 1
const TYPE = 2
const PENDING = 3
const MAJOR = 4
const MINOR = 5

// BPF_MAXINSNS, some 600 rules; the kernel takes 0.2 s to verify a program of that length.
const MAX_DEVICE_INSTRUCTIONS = 4096

interface Instruction {
  readonly code: number
  readonly destination: number
  readonly source?: number
  readonly offset?: number
  readonly number?: number
}

/**
 * The program (8 bytes an instruction) for which the last rule that matches counts, as in the devices controller of cgroup v1: for each
 * kind of access on its own, so that "allow rwm, deny w" leaves a file opened for reading and writing closed. No matching rule: denied.
 * Errors: InvalidParameter `bad-device-rule`, `too-many-device-rules`.
 */
export function compileDeviceProgram(rules: readonly DeviceRule[]): Uint8Array {
  const instructions: Instruction[] = [
    { code: LOAD_WORD, destination: TYPE, source: CONTEXT, offset: 0 },
    { code: MOVE, destination: PENDING, source: TYPE },
    { code: SHIFT_RIGHT, destination: PENDING, number: 16 },
    { code: AND_NUMBER, destination: TYPE, number: 0xffff },
    { code: LOAD_WORD, destination: MAJOR, source: CONTEXT, offset: 4 },
    { code: LOAD_WORD, destination: MINOR, source: CONTEXT, offset: 8 },
  ]
  let open = true
  for (const rule of rules.toReversed()) {
    instructions.push(...compileRule(rule))
    // The kernel refuses a program with instructions that nothing reaches.
    open = !(rule.type === 'a' && rule.major === undefined && rule.minor === undefined && accessBits(rule) === EVERY_ACCESS)
    if (!open) break
    if (instructions.length > MAX_DEVICE_INSTRUCTIONS) throw tooMany(rules.length)
  }
  if (open) instructions.push(...answer(false))
  return encode(instructions)
}

/** From the last rule to the first: an allowing one settles its kinds of access, a denying one ends it if one of its kinds is not settled. */
function compileRule(rule: DeviceRule): readonly Instruction[] {
  const access = accessBits(rule)
  if (access === 0) return []
  const action = rule.allow ? allow(access) : deny(access)
  const tests: { readonly code: number; readonly destination: number; readonly number: number }[] = []
  if (rule.type !== 'a') {
    const type = rule.type === 'c' ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK
    tests.push({ code: JUMP_UNLESS_EQUAL, destination: TYPE, number: type })
  }
  if (rule.major !== undefined) tests.push({ code: JUMP_UNLESS_EQUAL_32, destination: MAJOR, number: deviceNumber(rule.major) })
  if (rule.minor !== undefined) tests.push({ code: JUMP_UNLESS_EQUAL_32, destination: MINOR, number: deviceNumber(rule.minor) })
  return [...tests.map((test, index) => ({ ...test, offset: tests.length - index - 1 + action.length })), ...action]
}

function allow(access: number): readonly Instruction[] {
  if (access === EVERY_ACCESS) return answer(true)
  return [
    { code: AND_NUMBER, destination: PENDING, number: EVERY_ACCESS & ~access },
    { code: JUMP_UNLESS_EQUAL, destination: PENDING, number: 0, offset: 2 },
    ...answer(true),
  ]
}

function deny(access: number): readonly Instruction[] {
  if (access === EVERY_ACCESS) return answer(false)
  return [
    { code: JUMP_IF_SET, destination: PENDING, number: access, offset: 1 },
    { code: JUMP, destination: 0, offset: 2 },
    ...answer(false),
  ]
}

function answer(allowed: boolean): readonly Instruction[] {
  return [
    { code: MOVE_NUMBER, destination: ANSWER, number: allowed ? 1 : 0 },
    { code: EXIT, destination: 0 },
  ]
}

function accessBits({ access }: DeviceRule): number {
  let bits = 0
  for (const letter of access) {
    if (letter === 'r') bits |= BPF_DEVCG_ACC_READ
    else if (letter === 'w') bits |= BPF_DEVCG_ACC_WRITE
    else if (letter === 'm') bits |= BPF_DEVCG_ACC_MKNOD
    else throw bad(`'${letter}' is no kind of access`)
  }
  return bits
}

function deviceNumber(number: number): number {
  if (!Number.isInteger(number) || number < 0 || number > 0xffffffff) throw bad(`${number} is no device number`)
  return number
}

function bad(cause: string): PockerError {
  return new PockerError('InvalidParameter', `compile device rule: ${cause}`, { code: 'bad-device-rule' })
}

function tooMany(count: number): PockerError {
  return new PockerError('InvalidParameter', `compile device rules: ${count} are too many`, { code: 'too-many-device-rules' })
}

// struct bpf_insn: code u8, dst_reg:4, src_reg:4, off s16, imm s32.
function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(8 * instructions.length)
  const view = new DataView(bytes.buffer)
  instructions.forEach(({ code, destination, source = 0, offset = 0, number = 0 }, index) => {
    view.setUint8(8 * index, code)
    view.setUint8(8 * index + 1, destination | (source << 4))
    view.setInt16(8 * index + 2, offset, true)
    view.setUint32(8 * index + 4, number, true)
  })
  return bytes
}

/** A struct for the kernel: `new Cell(bytes, pointers)` in a launch program, or bytes in which the addresses are still to be filled in. */
export interface Attributes {
  readonly bytes: Uint8Array
  readonly pointers: readonly Pointer[]
}

/** For `bpf(BPF_PROG_LOAD, attributes, 72)`, which returns the program's descriptor. */
export function programLoadAttributes(program: Uint8Array): Attributes {
  const bytes = new Uint8Array(72)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, BPF_PROG_TYPE_CGROUP_DEVICE, true)
  view.setUint32(4, program.length / 8, true)
  bytes.set(new TextEncoder().encode('pocker_devices'), 48) // prog_name, shown by bpftool
  view.setUint32(68, BPF_CGROUP_DEVICE, true) // expected_attach_type
  return {
    bytes,
    pointers: [
      { offset: 8, to: program },
      { offset: 16, to: 'MIT' }, // the kernel wants a license, and gives some functions to the GPL only; none is used here
    ],
  }
}

export interface Attachment {
  /** Descriptor of the cgroup's folder. */
  readonly cgroup: number
  /** Descriptor of the loaded program. */
  readonly program: number
}

/**
 * For `bpf(BPF_PROG_ATTACH, attributes, 20)`: target_fd at 0, attach_bpf_fd at 4, attach_type at 8, attach_flags at 12 (32 bits each).
 * With BPF_F_ALLOW_MULTI a program of an outer group, such as a service's, must allow the device too.
 */
export function programAttachAttributes({ cgroup, program }: Attachment): Attributes {
  const bytes = new Uint8Array(20)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, cgroup, true)
  view.setInt32(4, program, true)
  view.setUint32(8, BPF_CGROUP_DEVICE, true)
  view.setUint32(12, BPF_F_ALLOW_MULTI, true)
  return { bytes, pointers: [] }
}
