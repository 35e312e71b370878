/** Classic BPF, written from its end to its beginning, so that every jump knows its target. */

// <linux/bpf_common.h>, <linux/filter.h>
const LD_ABS = 0x20
const AND = 0x54
const JA = 0x05
const RET = 0x06
export const JEQ = 0x15
export const JGT = 0x25
export const JGE = 0x35

// BPF_MAXINSNS
const MAX_INSTRUCTIONS = 4096
// Conditional jumps reach 255 instructions; the rest is room for a bridge to the other target.
const REACH = 250

/** A filter of more instructions than the kernel takes. */
export class FilterTooLong extends Error {}

/** A place in the program: the number of instructions from it to the end. */
export type Place = number

interface Instruction {
  readonly code: number
  readonly whenTrue: number
  readonly whenFalse: number
  readonly k: number
}

/** Errors of all methods: FilterTooLong. */
export class Assembler {
  /** The last first. */
  private readonly instructions: Instruction[] = []
  /** The nearest return of each action. */
  private readonly returns = new Map<number, Place>()
  private readonly actions = new Map<Place, number>()

  /** A return, shared with others in reach. */
  return(action: number): Place {
    const known = this.returns.get(action)
    if (known !== undefined && this.reaches(known)) return known
    const place = this.put(RET, 0, 0, action)
    this.returns.set(action, place)
    this.actions.set(place, action)
    return place
  }

  branch(code: number, k: number, whenTrue: Place, whenFalse: Place): Place {
    const right = this.near(whenTrue)
    const left = this.near(whenFalse)
    const here = this.instructions.length
    return this.put(code, here - right, here - left, k)
  }

  and(mask: number, next: Place): Place {
    this.continueAt(next)
    return this.put(AND, 0, 0, mask)
  }

  /** Loads 32 bits of struct seccomp_data. */
  load(offset: number, next: Place): Place {
    this.continueAt(next)
    return this.put(LD_ABS, 0, 0, offset)
  }

  /** An array of struct sock_filter: code u16, jt u8, jf u8, k u32, little endian. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(8 * this.instructions.length)
    const view = new DataView(bytes.buffer)
    let at = bytes.length
    for (const { code, whenTrue, whenFalse, k } of this.instructions) {
      at -= 8
      view.setUint16(at, code, true)
      view.setUint8(at + 2, whenTrue)
      view.setUint8(at + 3, whenFalse)
      view.setUint32(at + 4, k, true)
    }
    return bytes
  }

  private near(place: Place): Place {
    if (this.reaches(place)) return place
    const action = this.actions.get(place)
    return action === undefined ? this.jump(place) : this.return(action)
  }

  private reaches(place: Place): boolean {
    return this.instructions.length - place <= REACH
  }

  private continueAt(place: Place): void {
    if (place === this.instructions.length) return
    const action = this.actions.get(place)
    if (action === undefined) this.jump(place)
    else this.put(RET, 0, 0, action)
  }

  private jump(place: Place): Place {
    return this.put(JA, 0, 0, this.instructions.length - place)
  }

  private put(code: number, whenTrue: number, whenFalse: number, k: number): Place {
    if (this.instructions.length >= MAX_INSTRUCTIONS) throw new FilterTooLong()
    return this.instructions.push({ code, whenTrue, whenFalse, k })
  }
}
