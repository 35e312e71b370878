/** The keys that take a client off a terminal and leave the process running, in Docker's notation: `ctrl-p,ctrl-q`. */

/** Docker's own. */
export const DEFAULT_DETACH_KEYS = 'ctrl-p,ctrl-q'

/** What the keys send; undefined for what is none. Nothing at all is no keys. */
export function charactersOfKeys(keys: string): string | undefined {
  if (keys.trim() === '') return ''
  const characters = keys.split(',').map((key) => characterOfKey(key.trim()))
  return characters.includes(undefined) ? undefined : characters.join('')
}

function characterOfKey(key: string): string | undefined {
  if (/^[\x21-\x7e]$/.test(key)) return key
  const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1]
  return control === undefined ? undefined : String.fromCharCode(control.toUpperCase().charCodeAt(0) - 64)
}

export interface DetachEvents {
  /** Input that is not part of the sequence. */
  readonly pass: (text: string) => void
  readonly detach: () => void
}

/** A shell has uses of its own for Ctrl+P: alone it may wait so many milliseconds, which nobody sees. */
const PATIENCE = 300

/** Looks for the sequence in the input. What may be its beginning is held back until the next key, but not for long. */
export class DetachScanner {
  readonly #sequence: string
  readonly #events: DetachEvents
  #held = ''
  #timer: NodeJS.Timeout | undefined

  constructor(sequence: string, events: DetachEvents) {
    this.#sequence = sequence
    this.#events = events
  }

  type(input: string): void {
    clearTimeout(this.#timer)
    const text = this.#held + input
    this.#held = ''
    const at = this.#sequence === '' ? -1 : text.indexOf(this.#sequence)
    if (at >= 0) {
      this.#pass(text.slice(0, at))
      this.#events.detach()
      return
    }
    const kept = beginningAtEnd(text, this.#sequence)
    this.#pass(text.slice(0, text.length - kept))
    if (kept === 0) return
    this.#held = text.slice(-kept)
    this.#timer = setTimeout(() => this.flush(), PATIENCE)
  }

  /** Passes on what is held back. */
  flush(): void {
    clearTimeout(this.#timer)
    const held = this.#held
    this.#held = ''
    this.#pass(held)
  }

  #pass(text: string): void {
    if (text !== '') this.#events.pass(text)
  }
}

/** How many characters at the end of the text are a beginning of the sequence, but not all of it. */
function beginningAtEnd(text: string, sequence: string): number {
  for (let length = Math.min(sequence.length - 1, text.length); length > 0; length--)
    if (text.endsWith(sequence.slice(0, length))) return length
  return 0
}
