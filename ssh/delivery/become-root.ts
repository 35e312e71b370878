/** Runs the root's script there: as root, by sudo that asks nothing, or by sudo with a password that goes to its input and nowhere else. */
import { randomBytes } from 'node:crypto'
import { bootstrapCommand } from '../../helper/api/bootstrap.ts'
import { PockerError } from '../../helper/api/errors.ts'
import type { SshConnection } from '../connection/ssh-connection.ts'
import type { Questions } from '../questions.ts'
import { sshError, unanswered } from '../ssh-error.ts'
import { answersIn, startScript, textOf } from './run-script.ts'
import { converse } from './sudo-talk.ts'

export interface RootWork {
  /** The folder with the program's files; empty when they are there already. */
  readonly source: string
  readonly files: Readonly<Record<string, string>>
  /** What the program is to do. */
  readonly words: readonly string[]
}

export interface Becoming {
  readonly uid: number
  readonly ways: readonly ('sudo' | 'doas')[]
  /** For the question: `user@host`. */
  readonly of: string
  /** Undefined: nobody may be asked. */
  readonly questions: Questions | undefined
}

/** Arguments of a command line that is made there, in variables: `a0`, `a1` and so on. */
const commandOf = (prefix: string, count: number) => `${prefix} ${Array.from({ length: count }, (_, index) => `"$a${index}"`).join(' ')}\n`

/**
 * Runs it; the one answer of the program's, which is JSON. Errors: `no-way-to-root`, `sudo-refused`, `wrong-password`,
 * `ssh-needs-answer`, `cancelled`, and those of the connection.
 */
export async function runAsRoot(connection: SshConnection, work: RootWork, becoming: Becoming): Promise<unknown> {
  if (becoming.uid === 0) return await attempt(connection, work, 'exec')
  let refused = ''
  for (const way of becoming.ways) {
    const outcome = await attempt(connection, work, `exec ${way} -n${way === 'sudo' ? ' --' : ''}`).catch((error: unknown) => {
      if (error instanceof NoAnswer) return error
      throw error
    })
    if (!(outcome instanceof NoAnswer)) return outcome
    refused = outcome.said
  }
  if (!becoming.ways.includes('sudo')) throw noWay(becoming.of, becoming.ways.length === 0 ? 'there is no sudo' : refused)
  return await withPassword(connection, work, becoming)
}

/** Ended without an answer: refused, as a rule. */
class NoAnswer extends Error {
  readonly said: string

  constructor(said: string) {
    super(`no answer: ${said}`)
    this.said = said
  }
}

async function attempt(connection: SshConnection, work: RootWork, prefix: string): Promise<unknown> {
  const { exec, answers } = await start(connection, work, prefix)
  exec.stream.end()
  const [found, said] = await Promise.all([answers, textOf(exec.stderr)])
  const answer = found.at(-1)
  if (answer !== undefined) return parsed(answer)
  if (prefix === 'exec') throw sshError('ssh-no-shell', `start the helper there: it ended without an answer: ${lastLine(said)}`)
  throw new NoAnswer(lastLine(said))
}

async function start(connection: SshConnection, work: RootWork, prefix: string) {
  const nonce = randomBytes(16).toString('hex')
  const argv = bootstrapCommand({ ...work, nonce, words: [...work.words, '--nonce', nonce] })
  const words = Object.fromEntries(argv.map((word, index) => [`a${index}`, word]))
  const { exec } = await startScript(connection, { text: commandOf(prefix, argv.length), words })
  return { exec, answers: textOf(exec.stream).then((text) => answersIn(text, nonce)) }
}

async function withPassword(connection: SshConnection, work: RootWork, { of, questions }: Becoming): Promise<unknown> {
  const doing = `start the helper on ${of}`
  if (questions === undefined) throw unanswered(questions, doing, 'a password for sudo')
  // Text that nothing else writes: a lecture, or a prompt in another language, is never taken for the question.
  const marker = `[pocker-${randomBytes(12).toString('hex')}]`
  const { exec, answers } = await start(connection, work, `exec sudo -S -p '${marker}' --`)
  const ask = (attempt: number) => questions.secret({ kind: 'sudo', of, attempt })
  const { said, asked, isDismissed } = await converse({ complaints: exec.stderr, input: exec.stream, marker, ask })
  const answer = (await answers).at(-1)
  if (answer !== undefined) return parsed(answer)
  if (isDismissed) throw unanswered(questions, doing, 'a password for sudo')
  if (/not in the sudoers|not allowed/.test(said)) throw noWay(of, 'you may not use sudo there')
  if (/must have a (tty|terminal)/.test(said))
    throw new PockerError('Forbidden', `start the helper on ${of}: sudo works in a terminal only there (requiretty)`, {
      code: 'sudo-requires-terminal',
      hint: 'run there, in a terminal: sudo pocker grant $USER',
    })
  if (asked > 0) throw new PockerError('Forbidden', `start the helper on ${of}: the password was wrong`, { code: 'wrong-password' })
  throw new PockerError('Forbidden', `start the helper on ${of}: sudo refused: ${lastLine(said)}`, { code: 'sudo-refused' })
}

function noWay(of: string, why: string): PockerError {
  return new PockerError('Forbidden', `start the helper on ${of}: this takes administrator rights, and ${why}`, {
    code: 'no-way-to-root',
    hint: 'let an administrator of that machine connect to it with Pocker, and let you in there with: sudo pocker grant YOUR-NAME',
  })
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch (cause) {
    throw sshError('ssh-protocol', 'start the helper there: its answer is none', { cause })
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}
