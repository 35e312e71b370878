/** VS Code's terminal, as much as an extension notices of it: it shows text, and answers questions about its state. */
import { TerminalScreen } from '../terminal/terminal-screen.ts'

export interface FakeTerminal {
  readonly screen: TerminalScreen
  /** All that was written since it was opened or cleared, but for the questions that control the flow. */
  text(): string
  /** Resolves when the text matches. */
  until(pattern: RegExp): Promise<void>
  type(text: string): void
  /** Resolves with the exit code when the extension closes it. */
  readonly finished: Promise<number | undefined>
}

const QUESTION = '\x1b[5n'
const CLEAR = '\x1bc\x1b[3J'

/** A terminal that is open. */
export function fakeTerminal(size: { columns: number; rows: number } | undefined = { columns: 80, rows: 24 }): FakeTerminal {
  const screen = new TerminalScreen()
  const looks = new Set<() => void>()
  const finished = Promise.withResolvers<number | undefined>()
  let text = ''
  screen.onDidWrite((written) => {
    text = written.startsWith(CLEAR) ? '' : text + written.replaceAll(QUESTION, '')
    for (const look of [...looks]) look()
    for (const _ of written.split(QUESTION).slice(1)) setImmediate(() => screen.handleInput('\x1b[0n'))
  })
  screen.onDidClose((code) => {
    finished.resolve(code)
    screen.close()
  })
  screen.open(size)
  return {
    screen,
    text: () => text,
    until: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          if (!pattern.test(text)) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
      }),
    type: (keys) => screen.handleInput(keys),
    finished: finished.promise,
  }
}
