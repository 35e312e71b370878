/** A launch program as a program file: a static ELF of headers, interpreter and linked entries, 12 kB when it runs. */
import { type Architecture, interpreters } from './interpreter.ts'
import { link } from './link.ts'
import type { Program } from './program.ts'

const CODE_ADDRESS = 0x400000
const DATA_ADDRESS = 0x600000
const DATA_OFFSET = 4096
const SEGMENTS = 4
const HEADER_SIZE = 64 + SEGMENTS * 56
/** Zeroed memory of the program's own, for buffers that need not be in the file. */
export const SCRATCH_ADDRESS = 0x800000
const EM = { x64: 62, arm64: 183 } as const
const PT_LOAD = 1
const PT_GNU_STACK = 0x6474e551
const PF_X = 1
const PF_W = 2
const PF_R = 4

/** Loads the address of the first entry into the interpreter's argument register. */
const loadProgram = {
  x64: Buffer.from([0xbf, 0x00, 0x00, 0x60, 0x00]), // mov edi, 0x600000
  arm64: Buffer.from([0x00, 0x0c, 0xa0, 0xd2]), // movz x0, #0x60, lsl #16
} as const

/** The bytes of an executable that runs `program`, with `scratch` bytes of zeroed memory at SCRATCH_ADDRESS. */
export function buildElf(program: Program, architecture: Architecture, options: { scratch?: number; limit?: number } = {}): Uint8Array {
  const data = new Uint8Array(options.limit ?? 1 << 16)
  const { size } = link(program, architecture, data, DATA_ADDRESS)
  const code = Buffer.concat([loadProgram[architecture], interpreters[architecture].bytes])
  const file = Buffer.alloc(DATA_OFFSET + size)
  writeHeader(file, architecture)
  writeSegment(file, 0, {
    type: PT_LOAD,
    flags: PF_R | PF_X,
    offset: 0,
    address: CODE_ADDRESS,
    size: HEADER_SIZE + code.length,
    memory: HEADER_SIZE + code.length,
  })
  writeSegment(file, 1, { type: PT_LOAD, flags: PF_R | PF_W, offset: DATA_OFFSET, address: DATA_ADDRESS, size, memory: size })
  writeSegment(file, 2, {
    type: PT_LOAD,
    flags: PF_R | PF_W,
    offset: 0,
    address: SCRATCH_ADDRESS,
    size: 0,
    memory: options.scratch ?? 4096,
  })
  writeSegment(file, 3, { type: PT_GNU_STACK, flags: PF_R | PF_W, offset: 0, address: 0, size: 0, memory: 0 })
  code.copy(file, HEADER_SIZE)
  file.set(data.subarray(0, size), DATA_OFFSET)
  return file
}

function writeHeader(file: Buffer, architecture: Architecture): void {
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]) // ELF, 64 bits, little endian, version 1, System V
  file.writeUInt16LE(2, 16) // ET_EXEC
  file.writeUInt16LE(EM[architecture], 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(BigInt(CODE_ADDRESS + HEADER_SIZE), 24) // entry
  file.writeBigUInt64LE(64n, 32) // program headers
  file.writeUInt16LE(64, 52) // e_ehsize
  file.writeUInt16LE(56, 54) // e_phentsize
  file.writeUInt16LE(SEGMENTS, 56) // e_phnum
  file.writeUInt16LE(64, 58) // e_shentsize
}

interface Segment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  /** Bytes in the file. */
  readonly size: number
  /** Bytes in memory; those past the file's are zero. */
  readonly memory: number
}

function writeSegment(file: Buffer, index: number, segment: Segment): void {
  const at = 64 + index * 56
  file.writeUInt32LE(segment.type, at)
  file.writeUInt32LE(segment.flags, at + 4)
  file.writeBigUInt64LE(BigInt(segment.offset), at + 8)
  file.writeBigUInt64LE(BigInt(segment.address), at + 16)
  file.writeBigUInt64LE(BigInt(segment.address), at + 24)
  file.writeBigUInt64LE(BigInt(segment.size), at + 32)
  file.writeBigUInt64LE(BigInt(segment.memory), at + 40)
  file.writeBigUInt64LE(0x1000n, at + 48)
}
