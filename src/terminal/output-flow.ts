/**
 * Output no faster than the editor shows it. VS Code tells nobody how far its terminal has come with what an extension writes: all of it would
 * pile up in its memory, and beyond 50 MB be lost. But terminals answer: a question is put in now and then, and its answer, which comes back
 * as input, tells that what stands before it has been taken in. Little output asks nothing.
 */

/** DSR 5, "how are you?", and what every terminal answers to it. */
const QUESTION = '\x1b[5n'
const ANSWER = '\x1b[0n'

const ESC = '\x1b'
const BEL = '\x07'

/** Characters between two questions: some 10 ms of a terminal's time. */
const BETWEEN = 64 << 10
/** With so many questions open the output waits, until there are only so few. */
const MOST_OPEN = 4
const FEW_OPEN = 2
/** Milliseconds. A terminal that is not drawn yet does not answer, and must not stop its process for ever. */
const PATIENCE = 2_000

export class OutputFlow {
  readonly #write: (text: string) => void
  readonly #waiting = new Set<() => void>()
  #pending = ''
  #isScheduled = false
  #sinceQuestion = 0
  #unfinished = ''
  #asked = 0
  #answered = 0
  /** Up to this question nobody waits any more. */
  #forgiven = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Shows it together with all else of this turn; resolves when more may follow. */
  async take(text: string): Promise<void> {
    this.#pending += text
    if (this.#pending.length >= BETWEEN) this.flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(() => this.flush())
    }
    if (this.#asked - Math.max(this.#answered, this.#forgiven) >= MOST_OPEN) await this.#untilAnswered(this.#asked - FEW_OPEN)
  }

  /** Shows at once what waits for the turn's end. */
  flush(): void {
    this.#isScheduled = false
    const text = this.#pending
    if (text === '') return
    this.#pending = ''
    this.#write(text)
    this.#unfinished = unfinishedSequence(this.#unfinished + text)
    this.#sinceQuestion += text.length
    if (this.#sinceQuestion >= BETWEEN) this.#ask()
  }

  /** Resolves when all that was written before has been taken in. */
  async settled(): Promise<void> {
    this.flush()
    this.#ask()
    await this.#untilAnswered(this.#asked)
  }

  /** What was typed, without the answers to the questions asked here. */
  withoutAnswers(input: string): string {
    let rest = input
    while (this.#answered < this.#asked && rest.includes(ANSWER)) {
      rest = rest.replace(ANSWER, '')
      this.#answered++
    }
    if (rest !== input) for (const look of [...this.#waiting]) look()
    return rest
  }

  // Within an escape sequence the question would cut it off: it comes after the sequence's end.
  #ask(): void {
    if (this.#unfinished !== '') return
    this.#sinceQuestion = 0
    this.#asked++
    this.#write(QUESTION)
  }

  #untilAnswered(question: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        this.#forgiven = Math.max(this.#forgiven, question)
        resolve()
      }
      const look = () => {
        if (this.#answered >= question) done()
      }
      const timer = setTimeout(done, PATIENCE)
      this.#waiting.add(look)
      look()
    })
  }
}

/** The beginning of an escape sequence that the text ends within, as far as its kind; nothing where it ends within none. */
export function unfinishedSequence(text: string): string {
  const at = text.lastIndexOf(ESC)
  if (at < 0) return ''
  // No sequence has another ESC in it but the one that ends it.
  const rest = text.slice(at + 1)
  // Window titles, links, pictures: they have no length, and end with BEL or with an ESC of their own.
  if (/^[\]PX^_]/.test(rest)) return rest.includes(BEL) ? '' : ESC + rest.slice(0, 1)
  return /^(?:\[[0-?]*)?[ -/]*$/.test(rest) ? ESC + rest : ''
}
