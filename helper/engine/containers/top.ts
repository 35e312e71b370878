/** `GET /containers/{id}/top`: the processes of a container, in the columns of `ps`. */
import { execFile } from 'node:child_process'
import { PockerError } from '../../api/errors.ts'
import { listProcesses, type ProcessTable } from './process-list.ts'

const FULL = '-ef'
/** The host's own programs, never what the helper was started with: nothing of the caller's environment is handed on. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' }
const TIMEOUT = 10_000
const MAX_OUTPUT = 16 << 20
const MAX_ARGUMENTS = 4096

/**
 * The processes with these host PIDs. Without arguments, or with Docker's default `-ef`, they are read from /proc;
 * with others the host's `ps` is run as dockerd runs it, and only the container's lines are kept.
 * Errors: PockerError Unavailable `ps-missing`, InvalidParameter `bad-ps-arguments`.
 */
export async function top(
  pids: readonly number[],
  psArguments: string | undefined,
  environment: Readonly<Record<string, string>> = ENVIRONMENT,
): Promise<ProcessTable> {
  const words = (psArguments ?? '').split(/[ \t\n\v\f\r]+/).filter((word) => word !== '')
  if (words.length === 0 || (words.length === 1 && words[0] === FULL)) return await listProcesses(pids)
  checkArguments(psArguments ?? '')
  // Some selections do not go together with -q, so `ps` is asked for everything then.
  const first = await runPs([...words, `-q${pids.join(',')}`], environment)
  const result = first.failure === undefined ? first : await runPs(words, environment)
  if (result.failure !== undefined) throw badArguments(result.failure)
  return parsePs(result.output, new Set(pids))
}

/** As dockerd: a column renamed to PID would be taken for the PIDs by which the lines are kept. */
function checkArguments(text: string): void {
  if (text.length > MAX_ARGUMENTS) throw badArguments('they are too long')
  if (text.includes('\0')) throw badArguments('they hold a NUL')
  for (const [, column, title] of ` ${text}`.matchAll(/\s(\S*)=\s*(PID\S*)/g)) {
    if (column !== 'pid') throw badArguments(`"${column}=${title}" is not allowed`)
  }
}

function badArguments(reason: string): PockerError {
  return new PockerError('InvalidParameter', `list processes: ${reason}`, { code: 'bad-ps-arguments' })
}

interface PsResult {
  readonly output: string
  readonly failure?: string
}

function runPs(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<PsResult> {
  const { promise, resolve, reject } = Promise.withResolvers<PsResult>()
  const options = { cwd: '/', env: { ...environment }, timeout: TIMEOUT, maxBuffer: MAX_OUTPUT }
  execFile('ps', words, options, (error, output, errors) => {
    if (error === null) resolve({ output })
    else if (error.code === 'ENOENT') reject(missing(error))
    else if (typeof error.code === 'number') resolve({ output, failure: firstLine(errors) })
    else reject(error)
  })
  return promise
}

function missing(cause: Error): PockerError {
  return new PockerError('Unavailable', 'list processes: the program "ps" is not installed on the host', {
    code: 'ps-missing',
    hint: 'Install procps, or ask for the processes without arguments.',
    cause,
  })
}

function firstLine(errors: string): string {
  const line = errors.split('\n').find((text) => text.trim() !== '') ?? '"ps" has failed'
  return line.replace(/\p{Cc}/gu, '?').slice(0, 200)
}

/** The lines of the given processes, split as dockerd does: the last column takes the rest of the line. */
export function parsePs(output: string, pids: ReadonlySet<number>): ProcessTable {
  const [head = '', ...lines] = output.split('\n')
  const titles = fieldsOf(head)
  const column = titles.indexOf('PID')
  if (column === -1) throw badArguments('the output of "ps" has no column PID')
  const rows: string[][] = []
  let isOurs = false
  for (const line of lines) {
    const fields = fieldsOf(line)
    const pid = fields[column]
    if (pid === undefined) continue
    // `ps m` prints a process's threads below it, with a dash for the PID.
    if (pid !== '-') isOurs = pids.has(Number(pid))
    if (!isOurs) continue
    const last = titles.length - 1
    rows.push(fields.length > titles.length ? [...fields.slice(0, last), fields.slice(last).join(' ')] : fields)
  }
  return { Titles: titles, Processes: rows }
}

/** Only ASCII white space divides columns: a command may hold other. */
function fieldsOf(line: string): string[] {
  return line.split(/[ \t\n\v\f\r]+/).filter((field) => field !== '')
}
