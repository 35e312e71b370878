/** Questions at the terminal itself, as ssh asks them: input and output of the command may be a pipe. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import type { Questions } from '../../../ssh/questions.ts'
import { harmless } from '../failure.ts'
import { lineOf, secretLineOf } from '../read-line.ts'

/** Undefined where there is no terminal. */
export function terminalQuestions(): Questions | undefined {
  const terminal = openTerminal()
  if (terminal === undefined) return undefined
  closeSync(terminal)
  return {
    acceptKey: async ({ name, fingerprint, kind }) => {
      const question = `The authenticity of ${name} is not established: this machine has not seen its key yet.\n${kind} ${fingerprint}\nGo on? (yes/no) `
      return (await ask(question, 'shown')).toLowerCase() === 'yes'
    },
    secret: async ({ kind, of, attempt }) => {
      const again = attempt > 1 ? 'Wrong. ' : ''
      const what =
        kind === 'passphrase' ? `Passphrase of ${of}: ` : kind === 'password' ? `Password of ${of}: ` : `Password for sudo on ${of}: `
      return await ask(again + what, 'hidden')
    },
    prompts: async ({ of, instructions, prompts }) => {
      const answers: string[] = []
      if (instructions !== '') tell(`${instructions}\n`)
      for (const { prompt, isShown } of prompts) answers.push(await ask(`(${of}) ${prompt}`, isShown ? 'shown' : 'hidden'))
      return answers
    },
  }
}

async function ask(question: string, how: 'shown' | 'hidden'): Promise<string> {
  tell(question)
  const terminal = openTerminal()
  if (terminal === undefined) return ''
  const stream = new ReadStream(terminal)
  try {
    const answer = how === 'shown' ? await lineOf(stream) : await secretLineOf(stream)
    if (how === 'hidden') tell('\n')
    return answer
  } finally {
    stream.destroy()
  }
}

function tell(text: string): void {
  const terminal = openTerminal()
  if (terminal === undefined) return
  try {
    writeSync(terminal, harmless(text))
  } finally {
    closeSync(terminal)
  }
}

function openTerminal(): number | undefined {
  try {
    return openSync('/dev/tty', 'r+')
  } catch {
    // No terminal: then nobody can be asked.
    return undefined
  }
}
