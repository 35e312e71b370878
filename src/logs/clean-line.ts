/** One line of what a container wrote, as an editor can show it: without what only a terminal understands, and without what would deceive. */
import type { Mark } from './log-line.ts'
import { applySgr, PLAIN } from './sgr.ts'

export interface CleanLine {
  readonly text: string
  readonly marks: readonly Mark[]
  /** The style that goes on in the next line. */
  readonly style: number
}

// Controls but the tab; overrides of the writing direction; line ends that only some programs know, about which VS Code asks the user.
const SPECIAL = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u
const NEXT_SPECIAL = new RegExp(SPECIAL, 'gu')
/** Of a sequence: intermediates and one final character after ESC. */
const SHORT = /[\u0020-\u002f]{0,4}[\u0030-\u007e]/y
const CONTROL = /([\u0030-\u003f]*)([\u0020-\u002f]*)([\u0040-\u007e])/y
/** OSC, DCS, SOS, PM and APC have a text of their own up to ST or BEL. */
const STRING_ENDS = ['\u0007', '\u009c', '\u001b\\']

/** Precondition: no line feed in it. Of what a line has overwritten by carriage returns, the last state is left. */
export function cleanLine(line: string, before: number): CleanLine {
  if (!SPECIAL.test(line)) return { text: line, marks: marksOf([{ start: 0, end: line.length, style: before }]), style: before }
  const writer = new LineWriter(before)
  // What comes before the line's own end is no return to its beginning.
  let end = line.length
  while (line.charCodeAt(end - 1) === 0x0d) end--
  const shown = line.slice(0, end)
  for (let at = 0; at < shown.length; ) at = takeOne(shown, at, writer)
  return { text: writer.text, marks: marksOf(writer.runs()), style: writer.style }
}

/** Takes the text at `at` up to what is special, or that, and says where the next one begins. */
function takeOne(line: string, at: number, writer: LineWriter): number {
  NEXT_SPECIAL.lastIndex = at
  const special = NEXT_SPECIAL.exec(line)?.index ?? line.length
  if (special > at) {
    writer.write(line.slice(at, special))
    return special
  }
  const code = line.charCodeAt(at)
  if (code === 0x1b) return takeEscape(line, at + 1, writer)
  if (code === 0x9b) return takeControl(line, at + 1, writer)
  if (code === 0x0d) writer.clear()
  else if (code === 0x08) writer.eraseOne()
  else writer.write(shownAs(code))
  return at + 1
}

function takeEscape(line: string, at: number, writer: LineWriter): number {
  const kind = line.charAt(at)
  if (kind === '[') return takeControl(line, at + 1, writer)
  if (kind !== '' && ']PX^_'.includes(kind)) {
    // One that does not end would take the rest of the line along: then its text is shown.
    return writer.endOfString(line, at + 1) ?? at + 1
  }
  SHORT.lastIndex = at
  return SHORT.test(line) ? SHORT.lastIndex : at
}

function takeControl(line: string, at: number, writer: LineWriter): number {
  CONTROL.lastIndex = at
  const [, parameters = '', intermediates = '', final] = CONTROL.exec(line) ?? []
  if (final === undefined) return at
  // `ESC [ > 4 m` and the like are no colours.
  if (final === 'm' && intermediates === '' && /^[\d:;]*$/.test(parameters)) writer.setStyle(applySgr(writer.style, parameters))
  // Erase the line; go to its first column: what spinners do in place of a carriage return.
  if ((final === 'K' && parameters === '2') || (final === 'G' && /^[01]?$/.test(parameters))) writer.clear()
  return CONTROL.lastIndex
}

function shownAs(code: number): string {
  if (code === 0x09) return '\t'
  // Pictures of control characters: the first of the 64 stands for NUL, which would make VS Code take the log for a binary file.
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return '\ufffd'
}

interface Run {
  start: number
  end: number
  style: number
}

class LineWriter {
  #runs: Run[] = []
  #hasNoMoreEnds = false
  text = ''
  style: number

  constructor(style: number) {
    this.style = style
  }

  setStyle(style: number): void {
    this.style = style
  }

  /** Where a text that began in an escape code ends. What is not found once is not looked for again: a line can have thousands of beginnings. */
  endOfString(line: string, from: number): number | undefined {
    if (this.#hasNoMoreEnds) return undefined
    const ends = STRING_ENDS.map((end) => ({ end, at: line.indexOf(end, from) })).filter(({ at }) => at !== -1)
    const [first] = ends.sort((one, other) => one.at - other.at)
    this.#hasNoMoreEnds = first === undefined
    return first === undefined ? undefined : first.at + first.end.length
  }

  write(text: string): void {
    const start = this.text.length
    this.text += text
    const end = this.text.length
    const last = this.#runs.at(-1)
    if (last !== undefined && last.style === this.style) last.end = end
    else this.#runs.push({ start, end, style: this.style })
  }

  eraseOne(): void {
    const length = Math.max(0, this.text.length - (/[\ud800-\udbff][\udc00-\udfff]$/.test(this.text.slice(-2)) ? 2 : 1))
    this.text = this.text.slice(0, length)
    let last = this.#runs.at(-1)
    while (last !== undefined && last.start >= length) {
      this.#runs.pop()
      last = this.#runs.at(-1)
    }
    if (last !== undefined) last.end = length
  }

  clear(): void {
    this.text = ''
    this.#runs = []
  }

  runs(): readonly Run[] {
    return this.#runs
  }
}

function marksOf(runs: readonly Run[]): readonly Mark[] {
  return runs.filter(({ start, end, style }) => style !== PLAIN && end > start)
}
