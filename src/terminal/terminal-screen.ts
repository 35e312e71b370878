/** VS Code's side of a terminal: what it shows, what is typed into it, and its size. */
import type { Event, Pseudoterminal } from 'vscode'
import { Emitter } from '../events/emitter.ts'
import { OutputFlow } from './output-flow.ts'
import { PrivateModes } from './private-modes.ts'
import type { TerminalSize } from './program.ts'
import { withoutReports } from './terminal-reports.ts'

/** Milliseconds in which a terminal that is just being drawn gets its size. One in the background gets it when it is looked at. */
const SIZE_PATIENCE = 300
/** Characters that are kept when somebody types before there is anybody to read them. */
const TYPED_AHEAD = 64 << 10

export class TerminalScreen implements Pseudoterminal {
  readonly #written = new Emitter<string>()
  readonly #finished = new Emitter<number | undefined>()
  readonly #renamed = new Emitter<string>()
  readonly #resized = new Emitter<TerminalSize>()
  readonly #closed = new AbortController()
  readonly #opened = Promise.withResolvers<void>()
  readonly #flow = new OutputFlow((text) => this.#written.fire(text))
  readonly #modes = new PrivateModes()
  #size: TerminalSize | undefined
  #reader: ((text: string) => void) | undefined
  #typedAhead = ''
  #recalls = 0
  #isAtLineStart = true
  #isBlank = true
  readonly onDidWrite = this.#written.event
  readonly onDidClose: Event<number | undefined> = this.#finished.event
  readonly onDidChangeName = this.#renamed.event
  readonly onDidResize = this.#resized.event
  /** Aborted when the terminal is gone: closed by the user, or with its window. */
  readonly closed = this.#closed.signal
  /** Resolves when it can be written to and, unless it is in the background, has its size. */
  readonly opened = this.#opened.promise

  /** Undefined as long as the terminal has not been drawn. */
  get size(): TerminalSize | undefined {
    return this.#size
  }

  open(size: TerminalSize | undefined): void {
    if (size !== undefined) this.setDimensions(size)
    else setTimeout(() => this.#opened.resolve(), SIZE_PATIENCE)
  }

  close(): void {
    this.#closed.abort()
    this.#opened.resolve()
  }

  setDimensions({ columns, rows }: TerminalSize): void {
    if (columns === this.#size?.columns && rows === this.#size.rows) return
    this.#size = { columns, rows }
    this.#opened.resolve()
    this.#resized.fire(this.#size)
  }

  handleInput(input: string): void {
    const typed = this.#flow.withoutAnswers(input)
    const text = this.#recalls > 0 ? withoutReports(typed) : typed
    if (text === '') return
    if (this.#reader !== undefined) this.#reader(text)
    else this.#typedAhead = (this.#typedAhead + text).slice(0, TYPED_AHEAD)
  }

  /** Takes over what is typed from now on, and what has been typed while nobody did. Undefined: nobody does. */
  readInput(reader: ((text: string) => void) | undefined): void {
    this.#reader = reader
    const text = this.#typedAhead
    if (reader === undefined || text === '') return
    this.#typedAhead = ''
    reader(text)
  }

  /** Drops what has been typed while nobody read it. */
  dropTypedAhead(): void {
    this.#typedAhead = ''
  }

  /** Nothing has been shown yet. */
  get isBlank(): boolean {
    return this.#isBlank
  }

  /** Whether what was shown last has ended its line. */
  get isAtLineStart(): boolean {
    return this.#isAtLineStart
  }

  /** Shows output of a process; resolves when more may follow. */
  async take(text: string): Promise<void> {
    this.#follow(text)
    this.#modes.follow(text)
    await this.#flow.take(text)
  }

  /** Shows words of our own, at once. */
  say(text: string): void {
    this.#follow(text)
    this.#flow.flush()
    this.#written.fire(text)
  }

  /** As `take`, for output of the past: what the terminal answers to questions in it is not what the user types now. */
  async recall(text: string): Promise<void> {
    this.#recalls++
    await this.take(text)
    void this.#flow.settled().then(() => this.#recalls--)
  }

  /** Takes back what a program has set and, being killed, has left. */
  undoModes(): void {
    const undone = this.#modes.undo()
    this.#flow.flush()
    this.#written.fire(undone)
    // The other screen left, the cursor is where it was before.
    if (undone.includes('[?')) this.#isAtLineStart = false
  }

  /** Forgets all that was shown. */
  clear(): void {
    this.#modes.undo()
    this.say('\x1bc\x1b[3J')
    this.#isAtLineStart = true
  }

  rename(name: string): void {
    this.#renamed.fire(name)
  }

  /** Closes the terminal. */
  finish(code?: number): void {
    this.#flow.flush()
    this.#finished.fire(code)
  }

  #follow(text: string): void {
    if (text === '') return
    this.#isBlank = false
    this.#isAtLineStart = text.endsWith('\n')
  }
}
