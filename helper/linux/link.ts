/** Gives a launch program its place in memory: entries first, the data they point to behind them. */
import { type Architecture, END, ENTRY_SIZE, ON_ERROR_WORD, ON_ZERO_WORD, RESULT_WORD, SUBTRACT } from './interpreter.ts'
import { type ArgumentPlace, type Call, Cell, CellPlace, CellValue, Label, type Program, type Target, type Word } from './program.ts'
import { syscallNumber } from './syscalls.ts'

/** Where things of a linked program lie, as offsets into its bytes. */
export interface Linked {
  /** Bytes used; `bytes.length` of the target is the limit. */
  readonly size: number
  readonly address: number
  offsetOf(cell: Cell): number
}

/** A copy of a run-time value into an argument word, done right after the call that makes the value. */
interface Move {
  readonly from: Cell
  readonly entry: number
  readonly word: number
}

/**
 * Writes `program` to `target`, whose first byte will be at `address` when the program runs.
 * Errors: RangeError when it does not fit.
 */
export function link(program: Program, architecture: Architecture, target: Uint8Array, address: number): Linked {
  return new Linker(architecture, target, address).link(program)
}

class Linker {
  private readonly architecture: Architecture
  private readonly bytes: Buffer
  private readonly words: Int32Array
  private readonly address: number
  private readonly cells = new Map<Cell, number>()
  private readonly texts = new Map<string, number>()
  private readonly labels = new Map<Label, number>()
  private readonly entries = new Map<Call, number>()
  private end = 0

  constructor(architecture: Architecture, target: Uint8Array, address: number) {
    this.architecture = architecture
    this.bytes = Buffer.from(target.buffer, target.byteOffset, target.byteLength)
    this.words = new Int32Array(target.buffer, target.byteOffset, target.byteLength >> 2)
    this.address = address
  }

  link(program: Program): Linked {
    const uses = collectUses(program)
    let entry = 0
    for (const item of program.items) {
      if (item instanceof Label) this.labels.set(item, entry)
      else if (item === 'end') entry++
      else {
        this.entries.set(item, entry)
        entry += 1 + (uses.get(item.result as Cell)?.length ?? 0)
      }
    }
    this.end = entry * ENTRY_SIZE
    if (this.end > this.bytes.length) throw new RangeError(`launch program of ${entry} entries does not fit in ${this.bytes.length} bytes`)
    this.bytes.fill(0, 0, this.end)
    let at = 0
    for (const item of program.items) {
      if (item instanceof Label) continue
      if (item === 'end') {
        this.writeNumber(at++ * ENTRY_SIZE, END)
        continue
      }
      this.writeCall(at++, item)
      for (const use of uses.get(item.result as Cell) ?? []) this.writeMove(at++, this.resolveMove(use))
    }
    const cells = this.cells
    return {
      size: this.end,
      address: this.address,
      offsetOf(cell) {
        const offset = cells.get(cell)
        if (offset === undefined) throw new RangeError('cell is not part of this program')
        return offset
      },
    }
  }

  private resolveMove(use: Use): Move {
    return {
      from: use.cell,
      entry: this.entries.get(use.call) ?? fail('a value is used by a call outside the program'),
      word: 1 + use.index,
    }
  }

  private writeCall(index: number, call: Call): void {
    const offset = index * ENTRY_SIZE
    this.writeNumber(offset, call.name === 'subtract' ? SUBTRACT : syscallNumber(call.name, this.architecture))
    call.args.forEach((word, argument) => {
      this.writeWord(offset + 8 + 8 * argument, word)
    })
    this.writeNumber(offset + 8 * RESULT_WORD, this.placeOfTarget(call.result))
    if (call.onZero !== undefined) this.writeNumber(offset + 8 * ON_ZERO_WORD, this.placeOfLabel(call.onZero))
    if (call.onError !== undefined) this.writeNumber(offset + 8 * ON_ERROR_WORD, this.placeOfLabel(call.onError))
  }

  private writeMove(index: number, move: Move): void {
    const offset = index * ENTRY_SIZE
    this.writeNumber(offset, SUBTRACT)
    this.writeNumber(offset + 8, this.place(move.from))
    this.writeNumber(offset + 16, this.place(zero))
    this.writeNumber(offset + 8 * RESULT_WORD, this.address + move.entry * ENTRY_SIZE + 8 * move.word)
  }

  private writeWord(offset: number, word: Word): void {
    if (typeof word === 'number') this.writeNumber(offset, word)
    else if (typeof word === 'string') this.writeNumber(offset, this.placeText(word))
    else if (word instanceof Uint8Array) this.writeNumber(offset, this.placeBytes(word))
    else if (word instanceof Cell) this.writeNumber(offset, this.place(word))
    else if (word instanceof CellPlace) this.writeNumber(offset, this.place(word.cell) + word.offset)
    else if (word instanceof CellValue) this.place(word.cell)
    else this.writeNumber(offset, word.value)
  }

  private placeOfLabel(label: Label): number {
    return this.address + (this.labels.get(label) ?? fail(`label ${label.name} is not placed`)) * ENTRY_SIZE
  }

  private placeOfTarget(target: Target): number {
    if (target instanceof Cell) return this.place(target)
    return target instanceof CellPlace ? this.place(target.cell) + target.offset : this.placeOfArgument(target)
  }

  private placeOfArgument(place: ArgumentPlace): number {
    const entry = this.entries.get(place.call) ?? fail('a result goes to a call outside the program')
    return this.address + entry * ENTRY_SIZE + 8 + 8 * place.index
  }

  private place(cell: Cell): number {
    let offset = this.cells.get(cell)
    if (offset === undefined) {
      offset = this.take(cell.size)
      this.cells.set(cell, offset)
      if (!cell.isZero) this.bytes.set(cell.bytes, offset)
      else if (cell.size === 8) this.writeNumber(offset, 0)
      else this.bytes.fill(0, offset, offset + cell.size)
      for (const pointer of cell.pointers) this.writeWord(offset + pointer.offset, pointer.to)
    }
    return this.address + offset
  }

  private placeText(text: string): number {
    let offset = this.texts.get(text)
    if (offset === undefined) {
      const length = Buffer.byteLength(text)
      offset = this.take(length + 1)
      this.bytes.write(text, offset, length, 'utf8')
      this.bytes[offset + length] = 0
      this.texts.set(text, offset)
    }
    return this.address + offset
  }

  private placeBytes(bytes: Uint8Array): number {
    const offset = this.take(bytes.length)
    this.bytes.set(bytes, offset)
    return this.address + offset
  }

  private take(size: number): number {
    const offset = this.end
    this.end += (size + 7) & ~7
    if (this.end > this.bytes.length) throw new RangeError(`launch program does not fit in ${this.bytes.length} bytes`)
    return offset
  }

  // Two 32-bit stores instead of one BigInt: the linker writes some 3,000 words on the start path.
  private writeNumber(offset: number, value: number): void {
    this.words[offset >> 2] = value | 0
    this.words[(offset >> 2) + 1] = Math.floor(value / 0x100000000)
  }
}

const zero = new Cell(8)

interface Use {
  readonly cell: Cell
  readonly call: Call
  readonly index: number
}

function collectUses(program: Program): Map<Cell, Use[]> {
  const uses = new Map<Cell, Use[]>()
  for (const call of program.items) {
    if (call instanceof Label || call === 'end') continue
    for (let index = 0; index < call.args.length; index++) {
      const word = call.args[index]
      if (!(word instanceof CellValue)) continue
      const list = uses.get(word.cell)
      if (list === undefined) uses.set(word.cell, [{ cell: word.cell, call, index }])
      else list.push({ cell: word.cell, call, index })
    }
  }
  return uses
}

function fail(message: string): never {
  throw new RangeError(message)
}
