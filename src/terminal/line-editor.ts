/**
 * The input of a process that has no terminal. Line editing is the kernel's part of a terminal, and there is none here: what is typed is shown,
 * can be corrected, and is sent when its line is complete.
 */

export interface LineEditorEvents {
  /** To be shown. */
  readonly echo: (text: string) => void
  readonly send: (text: string) => void
  /** Ctrl+D at the beginning of a line. */
  readonly end: () => void
  /** Ctrl+C. */
  readonly interrupt: () => void
}

// Arrows, function keys and the marks around what is pasted: a line is edited at its end only, as the kernel does it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
const OTHER_KEYS = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|)/g
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u
const TAB = 8
const characters = new Intl.Segmenter()

/** One line at a time, in `events`. */
export class LineEditor {
  readonly #events: LineEditorEvents
  #line: string[] = []
  #isOver = false

  constructor(events: LineEditorEvents) {
    this.#events = events
  }

  /** Keys, or what was pasted. */
  type(input: string): void {
    for (const { segment } of characters.segment(input.replace(OTHER_KEYS, ''))) this.#key(segment)
  }

  #key(key: string): void {
    if (key === '\x03') this.#interrupt()
    else if (this.#isOver) return
    else if (key === '\r' || key === '\n' || key === '\r\n') this.#send('\n')
    else if (key === '\x04') this.#endOrFlush()
    else if (key === '\x7f' || key === '\b') this.#erase(1)
    else if (key === '\x15') this.#erase(this.#line.length)
    else if (key === '\x17') this.#erase(lastWord(this.#line))
    else if (key >= ' ' || key === '\t') this.#insert(key)
  }

  #insert(character: string): void {
    this.#line.push(character)
    this.#events.echo(character === '\t' ? ' '.repeat(TAB) : character)
  }

  #erase(count: number): void {
    if (count === 0) return
    const width = this.#line.splice(-count).reduce((sum, character) => sum + widthOf(character), 0)
    this.#events.echo('\b \b'.repeat(width))
  }

  #send(end: string): void {
    const text = this.#line.join('') + end
    this.#line = []
    if (end !== '') this.#events.echo('\r\n')
    this.#events.send(text)
  }

  // As a terminal: what has been typed so far is sent as it is, and of nothing typed the end of the input is made.
  #endOrFlush(): void {
    if (this.#line.length > 0) {
      this.#send('')
      return
    }
    this.#isOver = true
    this.#events.end()
  }

  #interrupt(): void {
    this.#line = []
    this.#events.echo('^C\r\n')
    this.#events.interrupt()
  }
}

function lastWord(line: readonly string[]): number {
  const word = line.findLastIndex((character) => character !== ' ')
  return line.length - 1 - line.findLastIndex((character, index) => index < word && character === ' ')
}

function widthOf(character: string): number {
  if (character === '\t') return TAB
  return WIDE.test(character) ? 2 : 1
}
