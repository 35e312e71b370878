/** A launch program: a list of system calls as data, before it has an address. `link.ts` turns it into memory. */
import type { Named } from './constants.ts'
import type { SyscallName } from './syscalls.ts'

/** An argument word: a number, or the address of text, bytes, a cell or a place in one, or a value known only at run time. */
export type Word = number | string | Uint8Array | Named | Cell | CellPlace | CellValue

/** Memory that the program's calls read and write; lives beside the program. */
export class Cell {
  readonly size: number
  /** Addresses to be written into the content when the cell gets its place. */
  readonly pointers: readonly Pointer[]
  /** What it holds, for people. */
  readonly name: string
  private content: Uint8Array | undefined

  /** `content`: the initial bytes, or how many zeros. */
  constructor(content: number | Uint8Array = 8, pointers: readonly Pointer[] = [], name = '') {
    this.size = typeof content === 'number' ? content : content.length
    this.content = typeof content === 'number' ? undefined : content
    this.pointers = pointers
    this.name = name
  }

  /** The initial content, to be read or filled in. */
  get bytes(): Uint8Array {
    this.content ??= new Uint8Array(this.size)
    return this.content
  }

  /** Nothing but zeros: most cells are results, and an array for each would be half of a plan's garbage. */
  get isZero(): boolean {
    return this.content === undefined
  }

  /** The address `offset` bytes into the cell. */
  at(offset: number): CellPlace {
    return new CellPlace(this, offset)
  }

  /** What the cell holds when the last call that stores its result here has run (32 bits, sign-extended). */
  get value(): CellValue {
    return new CellValue(this)
  }
}

export interface Pointer {
  readonly offset: number
  readonly to: Word
}

export class CellPlace {
  readonly cell: Cell
  readonly offset: number
  constructor(cell: Cell, offset: number) {
    this.cell = cell
    this.offset = offset
  }
}

export class CellValue {
  readonly cell: Cell
  constructor(cell: Cell) {
    this.cell = cell
  }
}

/** A place in the program to go to. */
export class Label {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** The address of another call's argument word, so that a full 64-bit result can be stored there. */
export class ArgumentPlace {
  readonly call: Call
  readonly index: number
  constructor(call: Call, index: number) {
    this.call = call
    this.index = index
  }
}

/** Where a call stores its 64-bit result. */
export type Target = Cell | CellPlace | ArgumentPlace

export interface CallOptions {
  /** Where the result goes; a cell of its own when left out. */
  readonly result?: Target
  readonly onZero?: Label
  /** Where to go after an error: `continue` takes the next call. The program's own failure label when left out. */
  readonly onError?: Label | 'continue'
  /** Whether an error is a failure of the whole program even though the program goes on: to clean up, and then to leave. */
  readonly fails?: boolean
}

/** One system call, or a subtraction of two 32-bit words (`subtract`). */
export interface Call {
  readonly step: string
  readonly name: SyscallName | 'subtract'
  readonly args: readonly Word[]
  readonly result: Target
  readonly onZero: Label | undefined
  readonly onError: Label | undefined
  /** An error here is a failure of the whole program, not a way on. */
  readonly fails: boolean
}

export type Item = Call | Label | 'end'

const zero = new Cell(8)

export class Program {
  readonly items: Item[] = []
  /** The name under which the following calls are reported. */
  step = ''
  /** Where calls go on an error that they do not handle. */
  failure: Label | undefined

  call(name: SyscallName, args: readonly Word[], options: CallOptions = {}): Call {
    return this.place(this.prepare(name, args, options))
  }

  /** A call that is not in the program yet, so that earlier ones can store into its arguments. */
  prepare(name: SyscallName | 'subtract', args: readonly Word[], options: CallOptions = {}): Call {
    const fails = options.fails ?? (options.onError === undefined && this.failure !== undefined)
    return {
      step: this.step,
      name,
      args,
      result: options.result ?? new Cell(),
      onZero: options.onZero,
      onError: options.onError === 'continue' ? undefined : (options.onError ?? this.failure),
      fails,
    }
  }

  place(call: Call): Call {
    this.items.push(call)
    return call
  }

  /** Goes on at `label` when the two 32-bit words are equal. */
  whenEqual(left: Word, right: Word, label: Label): void {
    this.place(this.prepare('subtract', [left, right], { onZero: label, onError: 'continue' }))
  }

  /** Stores `left - right` (32-bit words, the result sign-extended to 64). */
  subtract(left: Word, right: Word, result: Target, onError: Label | 'continue' = 'continue'): void {
    this.place(this.prepare('subtract', [left, right], { result, onError }))
  }

  /** Copies a 32-bit word; the store is 64 bits wide, so the target's neighbour goes with it. */
  copy(from: Word, to: Target): void {
    this.subtract(from, zero, to)
  }

  /** Reads a cell that a call filled through a pointer, so that its value can be used as an argument. */
  load(from: Word): Cell {
    const cell = new Cell()
    this.copy(from, cell)
    return cell
  }

  jump(label: Label): void {
    this.whenEqual(zero, zero, label)
  }

  label(label: Label): void {
    this.items.push(label)
  }

  /** Returns to the caller of the interpreter. */
  end(): void {
    this.items.push('end')
  }
}

/** A cell holding one 32-bit number. */
export function int32(value: number): Cell {
  return new Cell(new Uint8Array(new Int32Array([value, 0]).buffer))
}

/** The pointers to `texts` with a null behind them, as execve wants argv and envp. */
export function stringArray(texts: readonly string[]): Cell {
  return new Cell(
    8 * (texts.length + 1),
    texts.map((text, index) => ({ offset: 8 * index, to: text })),
  )
}

/** A struct of 64-bit words. */
export function struct(words: readonly Word[]): Cell {
  const halves = new Int32Array(2 * words.length)
  const pointers: Pointer[] = []
  words.forEach((word, index) => {
    if (typeof word === 'number') {
      halves[2 * index] = word | 0
      halves[2 * index + 1] = Math.floor(word / 0x100000000)
    } else pointers.push({ offset: 8 * index, to: word })
  })
  return new Cell(new Uint8Array(halves.buffer), pointers)
}
