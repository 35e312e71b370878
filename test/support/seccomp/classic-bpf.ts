/** Runs and checks classic BPF as the kernel's seccomp does. */

export interface SeccompData {
  readonly number: number
  readonly audit: number
  /** Unsigned 64-bit values. */
  readonly args: readonly bigint[]
}

export interface Outcome {
  readonly action: number
  readonly steps: number
  /** The kernel's emulator cannot tell the answer from number and architecture alone. */
  readonly readsArguments: boolean
}

interface Instruction {
  readonly code: number
  readonly jt: number
  readonly jf: number
  readonly k: number
}

const RET = 0x06
const conditional = new Set([0x15, 0x25, 0x35])
const known = new Set([0x20, 0x05, 0x54, RET, ...conditional])

/** The instructions of an array of struct sock_filter. */
export function disassemble(bytes: Uint8Array): readonly Instruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 8 }, (_, index) => ({
    code: view.getUint16(8 * index, true),
    jt: view.getUint8(8 * index + 2),
    jf: view.getUint8(8 * index + 3),
    k: view.getUint32(8 * index + 4, true),
  }))
}

/** What bpf_check_classic and seccomp_check_filter want; the first fault found, or undefined. */
export function findFault(program: readonly Instruction[]): string | undefined {
  if (program.length === 0 || program.length > 4096) return `${program.length} instructions`
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    if (!known.has(code)) return `instruction ${at}: code 0x${code.toString(16)}`
    if (code === 0x20 && (k % 4 !== 0 || k >= 64)) return `instruction ${at}: load of offset ${k}`
    if (code === 0x05 && at + 1 + k >= program.length) return `instruction ${at}: jump out of the program`
    if (conditional.has(code) && at + 1 + Math.max(jt, jf) >= program.length) return `instruction ${at}: branch out of the program`
  }
  return program.at(-1)?.code === RET ? undefined : 'the last instruction does not return'
}

/** What a filter answers to one call. Errors: when it leaves the program, which `findFault` excludes. */
export function evaluate(program: readonly Instruction[], data: SeccompData): Outcome {
  let accumulator = 0
  let readsArguments = false
  let at = 0
  for (let steps = 1; ; steps++) {
    const instruction = program[at++]
    if (instruction === undefined) throw new Error(`fell out of the program at ${at - 1}`)
    const { code, jt, jf, k } = instruction
    switch (code) {
      case 0x20:
        accumulator = loadWord(data, k)
        readsArguments ||= k >= 8
        break
      case 0x54:
        accumulator = (accumulator & k) >>> 0
        break
      case 0x05:
        at += k
        break
      case 0x15:
        at += accumulator === k ? jt : jf
        break
      case 0x25:
        at += accumulator > k ? jt : jf
        break
      case 0x35:
        at += accumulator >= k ? jt : jf
        break
      case RET:
        return { action: k, steps, readsArguments }
      default:
        throw new Error(`code 0x${code.toString(16)}`)
    }
  }
}

function loadWord({ number, audit, args }: SeccompData, offset: number): number {
  if (offset === 0) return number >>> 0
  if (offset === 4) return audit
  if (offset < 16) throw new Error('the instruction pointer is of no use to a filter')
  const argument = args[(offset - 16) >> 3] ?? 0n
  return Number(offset % 8 === 0 ? argument & 0xffffffffn : argument >> 32n)
}
