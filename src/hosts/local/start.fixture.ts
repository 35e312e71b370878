/** A machine of the test's own: programs that stand for sudo, pkexec and doas, a socket that stands for the helper's, and a user who answers. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type StartOptions, type StartResult, startHelper } from './start-helper.ts'
import type { PasswordQuestion } from './strategy.ts'
import type { Surroundings } from './surroundings.ts'

export const UID = 4711

export interface FakeMachine {
  readonly folder: string
  readonly surroundings: Surroundings
  /** Questions that the user was asked, in their order. */
  readonly questions: PasswordQuestion[]
  readonly notices: string[]
  /** Puts a program into the trusted folder; `$DIR` in its text is that folder. */
  program(name: string, text: string): void
  /** What a fake program has noted in the file of this name. */
  noted(name: string): string
  /** Has a helper listen for the user. */
  helper(version?: string): Promise<void>
  /** Has something listen in its place, which answers so. */
  listen(answer: string): Promise<void>
  /** Starts; the user answers one after the other, and then no more. */
  start(answers?: readonly (string | undefined)[], options?: Partial<StartOptions>): Promise<StartResult>
}

/** The answer of what is run as root: the nonce is the last of its words. A helper must listen for the user then. */
const ANSWER = `
  for nonce in "$@"; do :; done
  printf '\\n%s {"version":"0.1.0","pid":7,"program":"/p","socket":"%s"}\\n' "$nonce" "SOCKET"
`

export function fakeMachine(context: Pick<TestContext, 'after'>, options: Partial<Surroundings> = {}): FakeMachine {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pocker-start-')))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const programs = join(folder, 'bin')
  const socket = join(folder, 'run', String(UID), 'pocker.sock')
  mkdirSync(programs)
  mkdirSync(join(folder, 'run', String(UID)), { recursive: true })
  const surroundings: Surroundings = {
    platform: 'linux',
    uid: UID,
    env: {},
    isRemote: false,
    programFolders: [programs],
    sandbox: undefined,
    noNewPrivileges: false,
    runRoot: join(folder, 'run'),
    ...options,
  }
  const listen = async (answer: string): Promise<void> => {
    const server = createServer((_, response) => response.end(answer))
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    context.after(() => void server.close())
  }
  const questions: PasswordQuestion[] = []
  const notices: string[] = []
  return {
    folder,
    surroundings,
    questions,
    notices,
    program: (name, text) => {
      const whole = text.replaceAll('ANSWER', ANSWER).replaceAll('SOCKET', socket).replaceAll('$DIR', folder)
      writeFileSync(join(programs, name), `#!/bin/sh\n${whole}`, { mode: 0o755 })
    },
    noted: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''),
    helper: (version = '0.1.0') =>
      listen(JSON.stringify({ version, pid: 7, program: '/p', socket: '/run/pocker/pocker.sock', idleTimeout: 0 })),
    listen,
    start: (answers = [], more = {}) => {
      const left = [...answers]
      return startHelper({
        payload: { source: '/extension/dist', files: { pocker: 'a'.repeat(64), node: 'b'.repeat(64) } },
        surroundings,
        askPassword: async (question) => {
          questions.push(question)
          return left.shift()
        },
        tell: (text) => notices.push(text),
        ...more,
      })
    },
  }
}

/** A sudo whose password is `open sesame`; TRIES is how often it asks, LANGUAGE its words. */
export const SUDO = `
  prompt= silent=
  while [ $# -gt 0 ]; do
    case $1 in -n) silent=yes; shift ;; -S) shift ;; -p) prompt=$2; shift 2 ;; --) shift; break ;; *) exit 64 ;; esac
  done
  printf '%s\\n' "$*" >>"$DIR/arguments"
  env >>"$DIR/environment"
  [ -z "$silent" ] || { echo 'sudo: a password is required' >&2; exit 1; }
  printf 'We trust you have received the usual lecture.\\n\\n    #1) Respect the privacy of others.\\n\\n' >&2
  for try in TRIES; do
    printf %s "$prompt" >&2
    read -r password || { printf '\\nsudo: no password was provided\\n' >&2; exit 1; }
    if [ "$password" = 'open sesame' ]; then
      ANSWER
      exit
    fi
    echo "WRONG" >&2
  done
  echo "LAST" >&2
  exit 1
`

/** SUDO in a language. */
export function sudo({ tries = '1 2 3', wrong = 'Sorry, try again.', last = 'sudo: 3 incorrect password attempts' } = {}): string {
  return SUDO.replace('TRIES', tries).replace('WRONG', wrong).replace('LAST', last)
}
