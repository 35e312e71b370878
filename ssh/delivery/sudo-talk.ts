/** What sudo asks on its output of errors, and is answered on its input. */
import type { Readable, Writable } from 'node:stream'

export interface SudoTalk {
  readonly complaints: Readable
  readonly input: Writable
  /** What sudo was told to write for a password. */
  readonly marker: string
  /** Undefined: the user does not want to. */
  readonly ask: (attempt: number) => Promise<string | undefined>
}

export interface Said {
  /** What it has said besides. */
  readonly said: string
  readonly asked: number
  readonly isDismissed: boolean
}

/** As sudo itself does; whoever has told it to ask more often is not asked more often here. */
const ATTEMPTS = 3
const LONGEST = 64 * 1024

/** Answers until it asks no more. The password is written to its input, and kept nowhere. */
export async function converse({ complaints, input, marker, ask }: SudoTalk): Promise<Said> {
  let text = ''
  let said = ''
  let asked = 0
  let isDismissed = false
  for await (const piece of complaints) {
    text += String(piece)
    for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker)) {
      said += text.slice(0, at)
      text = text.slice(at + marker.length)
      const answer = ++asked > ATTEMPTS || isDismissed ? undefined : await ask(asked)
      if (answer === undefined) {
        isDismissed ||= asked <= ATTEMPTS
        // Without input sudo gives up: it is root's by now, and nobody here could end it.
        input.end()
      } else input.write(`${answer.split('\n', 1)[0]}\n`)
    }
    // The rest may be the beginning of a marker.
    const keep = Math.min(text.length, marker.length)
    if (said.length < LONGEST) said += text.slice(0, text.length - keep)
    text = text.slice(text.length - keep)
  }
  return { said: said + text, asked, isDismissed }
}
