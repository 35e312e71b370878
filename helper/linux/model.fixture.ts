/**
 * The interpreter once more, in JavaScript, from its description and not from its listings: an independent reading of what a
 * linked program does. System calls are functions of the test's, by number.
 */

const ENTRY = 80

/** A call's arguments, as 64-bit words, and the memory that addresses among them point to. */
export type ModelCall = (args: readonly bigint[], memory: ModelMemory) => number | bigint

export interface ModelMemory {
  read64(address: bigint): bigint
  write64(address: bigint, value: bigint): void
  /** The NUL-terminated text at an address. */
  text(address: bigint): string
}

export interface ModelRun {
  /** The numbers of the calls that were made, in order. */
  readonly calls: readonly number[]
  readonly memory: ModelMemory
}

/** Runs the program in `bytes`, linked for `address`, until its end entry. Errors: an access outside of it, an unknown call, too many steps. */
export function runModel(bytes: Uint8Array, address: number, calls: Readonly<Record<number, ModelCall>>, limit = 10_000): ModelRun {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const offset = (at: bigint): number => {
    const place = Number(at) - address
    if (place < 0 || place + 4 > bytes.length) throw new RangeError(`address 0x${at.toString(16)} is outside of the program`)
    return place
  }
  const memory: ModelMemory = {
    read64: (at) => view.getBigInt64(offset(at), true),
    write64: (at, value) => view.setBigInt64(offset(at), value, true),
    text: (at) => {
      const start = offset(at)
      return Buffer.from(bytes.subarray(start, bytes.indexOf(0, start))).toString()
    },
  }
  const made: number[] = []
  let entry = BigInt(address)
  for (let steps = 0; steps < limit; steps++) {
    const word = (index: number) => memory.read64(entry + BigInt(8 * index))
    const number = Number(word(0))
    if (number === -1) return { calls: made, memory }
    const args = [1, 2, 3, 4, 5, 6].map(word)
    let result: bigint
    if (number < 0) result = BigInt((view.getInt32(offset(args[0] ?? 0n), true) - view.getInt32(offset(args[1] ?? 0n), true)) | 0)
    else {
      const call = calls[number]
      if (call === undefined) throw new RangeError(`call ${number} is not expected`)
      made.push(number)
      result = BigInt(call(args, memory))
    }
    memory.write64(word(7), result)
    const way = result === 0n ? word(8) : result < 0n ? word(9) : 0n
    entry = way === 0n ? entry + BigInt(ENTRY) : way
  }
  throw new RangeError(`still running after ${limit} entries`)
}
