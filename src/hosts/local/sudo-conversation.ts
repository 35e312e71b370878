/** What is said between sudo and the user: it writes prompts to stderr and reads answers, a line each, from its input. */
import type { Writable } from 'node:stream'
import { plainText } from '../../text/plain-text.ts'
import type { Conversation } from './run-as-root.ts'
import type { AskPassword } from './strategy.ts'

/** sudo itself asks three times; whoever has told it to ask more often is not asked more often here. */
export const ATTEMPTS = 3
/** A line that has no end for so long (milliseconds) is a question of PAM's own, such as `Verification code: `. */
const PATIENCE = 1_500

export interface SudoConversationOptions {
  /** What sudo was told to write for a password (`-p`): text that nothing else writes. */
  readonly marker: string
  readonly askPassword: AskPassword
  readonly tell: (text: string) => void
}

export interface SudoConversation extends Conversation {
  /** How often a password was asked for. */
  readonly asked: number
  /** The user did not want to answer. */
  readonly dismissed: boolean
  /** What sudo has said besides its prompts. */
  said(): string
  close(): void
}

/** Answers sudo's questions by asking the user. What the user says is written to sudo's input, and kept nowhere. */
export function sudoConversation({ marker, askPassword, tell }: SudoConversationOptions): SudoConversation {
  let asked = 0
  let dismissed = false
  let waiting = false
  /** How much of stderr has been dealt with. */
  let done = 0
  let said = ''
  let timer: NodeJS.Timeout | undefined

  const ask = async (prompt: string, attempt: number, input: Writable): Promise<void> => {
    waiting = true
    try {
      const answer = await askPassword({ prompt, attempt })
      if (answer === undefined) dismissed = true
      // Without input sudo gives up: it belongs to root by now, and nobody here could end it.
      if (answer === undefined || input.destroyed) input.end()
      else input.write(`${answer.split('\n', 1)[0]}\n`)
    } finally {
      waiting = false
    }
  }
  const question = (prompt: string, attempt: number, input: Writable) => {
    ask(prompt, attempt, input).catch((error: unknown) => input.destroy(error instanceof Error ? error : undefined))
  }
  const note = (text: string) => {
    said += text
    for (const line of text.split('\n')) if (line.trim() !== '') tell(plainText(line.trim()))
  }

  return {
    get asked() {
      return asked
    },
    get dismissed() {
      return dismissed
    },
    said: () => said,
    isWaiting: () => waiting,
    close: () => clearTimeout(timer),
    onComplaint: (text, input) => {
      clearTimeout(timer)
      for (let at = text.indexOf(marker, done); at >= 0; at = text.indexOf(marker, done)) {
        note(text.slice(done, at))
        done = at + marker.length
        asked++
        if (asked > ATTEMPTS) input.end()
        else question('password', asked, input)
      }
      const end = text.lastIndexOf('\n') + 1
      if (end > done) {
        note(text.slice(done, end))
        done = end
      }
      const rest = text.slice(done)
      if (rest.trim() === '' || marker.startsWith(rest) || waiting) return
      timer = setTimeout(() => {
        done = text.length
        question(plainText(rest.trim()), 1, input)
      }, PATIENCE)
    },
  }
}
