/** Runs the few eBPF instructions that device programs are made of, as the kernel defines them. */

export interface DeviceAccess {
  readonly type: 'b' | 'c'
  readonly major: number
  readonly minor: number
  /** Of `r`, `w`, `m`. */
  readonly access: string
}

const types = { b: 1, c: 2 } as const
const accesses = [
  ['m', 1],
  ['r', 2],
  ['w', 4],
] as const

/** What the program returns: 1 allows. */
export function evaluateDeviceProgram(program: Uint8Array, asked: DeviceAccess): bigint {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength)
  const registers = Array<bigint | undefined>(11).fill(undefined)
  const access = accesses.reduce((bits, [letter, bit]) => bits | (asked.access.includes(letter) ? bit : 0), 0)
  const context = [(access << 16) | types[asked.type], asked.major, asked.minor]
  const read = (register: number): bigint => {
    const value = registers[register]
    if (value === undefined) throw new Error(`register ${register} is read before it is written`)
    return value
  }
  for (let at = 0; at < program.length; ) {
    const code = view.getUint8(at)
    const destination = view.getUint8(at + 1) & 15
    const source = view.getUint8(at + 1) >> 4
    const offset = view.getInt16(at + 2, true)
    const number = BigInt.asUintN(64, BigInt(view.getInt32(at + 4, true)))
    const jump = 8 * offset
    at += 8
    switch (code) {
      case 0x61:
        if (source !== 1) throw new Error('only the context can be read')
        registers[destination] = BigInt((context[offset / 4] ?? 0) >>> 0)
        break
      case 0xbf:
        registers[destination] = read(source)
        break
      case 0xb7:
        registers[destination] = number
        break
      case 0x57:
        registers[destination] = read(destination) & number
        break
      case 0x77:
        registers[destination] = read(destination) >> number
        break
      case 0x05:
        at += jump
        break
      case 0x45:
        if ((read(destination) & number) !== 0n) at += jump
        break
      case 0x55:
        if (read(destination) !== number) at += jump
        break
      case 0x56:
        if (BigInt.asUintN(32, read(destination)) !== BigInt.asUintN(32, number)) at += jump
        break
      case 0x95:
        return read(0)
      default:
        throw new Error(`code 0x${code.toString(16)}`)
    }
  }
  throw new Error('fell out of the program')
}

/** The indexes of instructions that no way through the program comes to. */
export function unreachableInstructions(program: Uint8Array): readonly number[] {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength)
  const seen = new Set<number>()
  const waiting = [0]
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (seen.has(index)) continue
    seen.add(index)
    const code = view.getUint8(8 * index)
    const target = index + 1 + view.getInt16(8 * index + 2, true)
    if (code === 0x95) continue
    if (code === 0x05) waiting.push(target)
    else if ((code & 7) === 5 || (code & 7) === 6) waiting.push(target, index + 1)
    else waiting.push(index + 1)
  }
  return Array.from({ length: program.length / 8 }, (_, index) => index).filter((index) => !seen.has(index))
}
