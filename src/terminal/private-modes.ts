/** Modes that a full-screen program sets in a terminal and takes back at its end, unless it is killed before. */

/** The cursor keys' and the mouse's reports, focus, the other screen, marks around what is pasted; and a cursor, which is there at first. */
const UNDONE = new Set([1, 9, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 47, 1047, 1049, 2004])
const CURSOR = 25
const BEGINNING = '\x1b[?'
const SETTING = /^([\d;]{1,40})([hl])/
/** No setting of interest is longer, so that one cut in two is found with this much of what came before. */
const LONGEST = 48

export class PrivateModes {
  readonly #set = new Set<number>()
  #tail = ''

  /** Follows what is written. */
  follow(text: string): void {
    const all = this.#tail + text
    this.#tail = all.slice(-LONGEST)
    for (const part of all.split(BEGINNING).slice(1)) {
      const [, numbers, letter] = SETTING.exec(part) ?? []
      for (const mode of numbers?.split(';').map(Number) ?? []) {
        if (mode === CURSOR ? letter === 'l' : letter === 'h') this.#set.add(mode)
        else this.#set.delete(mode)
      }
    }
  }

  /** What takes back all that is still set: to be written after the program's end. */
  undo(): string {
    const modes = [...this.#set]
    this.#set.clear()
    this.#tail = ''
    // Leaving a screen that was never entered would move the cursor, so nothing is taken back that was not set.
    const off = modes.filter((mode) => UNDONE.has(mode)).map((mode) => `\x1b[?${mode}l`)
    // Soft reset: colours, margins and character sets; it erases and moves nothing.
    return [...off, '\x1b[!p', modes.includes(CURSOR) ? '\x1b[?25h' : ''].join('')
  }
}
