/** Runs a script of ours there, whatever the user's login shell is. */
import { randomBytes } from 'node:crypto'
import type { Exec, SshConnection } from '../connection/ssh-connection.ts'
import { sshError } from '../ssh-error.ts'

/**
 * The one command that is ever sent: sh, csh, fish and others understand it alike. The script comes on its input, after its length; all that
 * varies is data there. `dd` byte by byte, because nothing of what follows the script may be read.
 */
const COMMAND = `exec /bin/sh -c 'read -r n && s=$(dd bs=1 count="$n" 2>/dev/null) && eval "$s"'`

/** Others' settings must not change what the script does, and its words are English. */
const PRELUDE = `
unset LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT BASH_ENV ENV CDPATH IFS GZIP TAR_OPTIONS POSIXLY_CORRECT
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
LC_ALL=C
export PATH LC_ALL
umask 077
set -fu
say() { printf '\\n%s %s\\n' "$nonce" "$1"; }
`

export interface Script {
  /** POSIX sh; `say` answers with a line. What it takes from its input comes after it. */
  readonly text: string
  /** Variables of the script. */
  readonly words: Readonly<Record<string, string>>
}

export interface Running {
  readonly exec: Exec
  /** Begins the script's answers, and nothing else that comes: no greeting of a shell's. */
  readonly nonce: string
}

/** Starts it. Errors: those of `SshConnection.exec`. */
export async function startScript(connection: SshConnection, { text, words }: Script): Promise<Running> {
  const nonce = randomBytes(16).toString('hex')
  const assignments = Object.entries({ ...words, nonce }).map(([name, value]) => `${name}=${quoted(value)}\n`)
  const script = Buffer.from(assignments.join('') + PRELUDE + text)
  const exec = await connection.exec(COMMAND)
  // A program that has ended already takes no script; that there is no answer tells it.
  if (exec.stream.writable) exec.stream.write(Buffer.concat([Buffer.from(`${script.length}\n`), script]))
  return { exec, nonce }
}

/** Runs it to its end; its answers. Errors: `ssh-no-shell` where there were none. */
export async function runScript(connection: SshConnection, script: Script): Promise<readonly string[]> {
  const { exec, nonce } = await startScript(connection, script)
  exec.stream.end()
  const [stdout, stderr] = await Promise.all([textOf(exec.stream), textOf(exec.stderr)])
  const answers = answersIn(stdout, nonce)
  if (answers.length > 0) return answers
  if (!connection.isOpen) throw await connection.closed
  const said = stderr.trim().split('\n').at(-1) ?? ''
  throw sshError('ssh-no-shell', `run a script there: the account has no shell that can${said === '' ? '' : `: ${said}`}`, {
    hint: 'Pocker needs an account that may run programs',
  })
}

/** The lines that the nonce begins, without it. */
export function answersIn(stdout: string, nonce: string): string[] {
  return stdout.split('\n').flatMap((line) => (line.startsWith(`${nonce} `) ? [line.slice(nonce.length + 1)] : []))
}

/** No answer of a script's is longer; what a hostile host sends beyond is read and dropped. */
const LONGEST = 256 * 1024

/** All text of a stream, up to a bound. */
export async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of stream) {
    size += piece.length
    if (size <= LONGEST) pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** For sh: nothing in it means anything. A NUL cannot be in a variable. */
function quoted(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", "'\\''")}'`
}
