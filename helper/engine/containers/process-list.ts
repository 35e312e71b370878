/** A container's processes as `ps -ef` lists them, read from /proc: no program is started, and none need be installed. */
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface ProcessTable {
  readonly Titles: string[]
  readonly Processes: string[][]
}

export interface Host {
  readonly proc: string
  readonly passwd: string
}

/** What all lines need to know of the machine. */
interface Clock {
  /** Seconds since 1970. */
  readonly boot: number
  /** Seconds since boot. */
  readonly now: number
}

export const FULL_TITLES = ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'] as const

/** /proc counts in these whatever the kernel's own clock is (USER_HZ, the same on all architectures that Pocker runs on). */
const TICKS_PER_SECOND = 100
const NAME_WIDTH = 8
/** A process may set a command line of megabytes. */
const MAX_COMMAND = 4096
const DAY = 86_400
const HOST: Host = { proc: '/proc', passwd: '/etc/passwd' }

/** The table of `ps -ef` for these processes, by PID. One that has ended meanwhile is left out. */
export async function listProcesses(pids: readonly number[], host: Host = HOST): Promise<ProcessTable> {
  const [users, clock] = await Promise.all([readUsers(host.passwd), readClock(host.proc)])
  const rows: string[][] = []
  for (const pid of pids.toSorted((one, other) => one - other)) {
    const row = await readProcess(join(host.proc, String(pid)), users, clock)
    if (row !== undefined) rows.push(row)
  }
  return { Titles: [...FULL_TITLES], Processes: rows }
}

async function readProcess(folder: string, users: ReadonlyMap<number, string>, clock: Clock): Promise<string[] | undefined> {
  try {
    const stat = await readFile(join(folder, 'stat'), 'latin1')
    const status = await readFile(join(folder, 'status'), 'latin1')
    const command = await readHead(join(folder, 'cmdline'), MAX_COMMAND)
    return formatProcess(parseStat(stat), { user: userOf(status, users), command, clock })
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

interface Stat {
  readonly pid: string
  /** The file name of the program, which the process can change to anything. */
  readonly name: string
  /** From the state on, as proc(5) numbers them: field 3 is at 0. */
  readonly fields: readonly string[]
}

function parseStat(text: string): Stat {
  const open = text.indexOf('(')
  // The name may hold parentheses and spaces itself.
  const close = text.lastIndexOf(')')
  return { pid: text.slice(0, open).trim(), name: text.slice(open + 1, close), fields: text.slice(close + 2).split(' ') }
}

function formatProcess({ pid, name, fields }: Stat, { user, command, clock }: { user: string; command: Buffer; clock: Clock }): string[] {
  const number = (field: number) => Number(fields[field - 3] ?? 0)
  const busy = Math.floor((number(14) + number(15)) / TICKS_PER_SECOND)
  const started = number(22) / TICKS_PER_SECOND
  const lived = Math.floor(clock.now - started)
  const percent = lived > 0 ? Math.min(99, Math.floor((busy * 100) / lived)) : 0
  const start = formatStart(new Date((clock.boot + started) * 1000), new Date((clock.boot + clock.now) * 1000))
  const line = printable(command.toString().replace(/\0+$/, '').replaceAll('\0', ' ')).trim()
  const named = printable(Buffer.from(name, 'latin1').toString())
  const shown = fields[0] === 'Z' ? `[${named}] <defunct>` : line === '' ? `[${named}]` : line
  return [user, pid, fields[1] ?? '', String(percent), start, terminalName(number(7)), formatSeconds(busy), shown]
}

/** Hours and minutes on the day itself, the day within the year, the year before that: `ps` does so too. */
function formatStart(start: Date, now: Date): string {
  if (start.getFullYear() !== now.getFullYear()) return String(start.getFullYear())
  if (start.getMonth() === now.getMonth() && start.getDate() === now.getDate()) return `${two(start.getHours())}:${two(start.getMinutes())}`
  return `${start.toLocaleString('en', { month: 'short' })}${two(start.getDate())}`
}

function formatSeconds(seconds: number): string {
  const days = Math.floor(seconds / DAY)
  const time = [Math.floor((seconds % DAY) / 3600), Math.floor((seconds % 3600) / 60), seconds % 60].map(two).join(':')
  return days > 0 ? `${two(days)}-${time}` : time
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** From the device number as proc(5) packs it: majors 136 to 143 are pseudo-terminals, 4 the consoles and serial lines. */
function terminalName(device: number): string {
  const major = (device >>> 8) & 0xfff
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00)
  if (major >= 136 && major <= 143) return `pts/${minor + ((major - 136) << 8)}`
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`
  return device === 0x501 ? 'console' : '?'
}

/** Command lines are the container's to choose, and are shown in terminals. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\ufffd]/gu, '?')
}

function userOf(status: string, users: ReadonlyMap<number, string>): string {
  const uid = Number(/^Uid:\t\d+\t(\d+)/m.exec(status)?.[1] ?? 0)
  const name = users.get(uid) ?? String(uid)
  return name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}+` : name
}

/** The host's names, which is what Docker prints. A host without the file has none. */
async function readUsers(path: string): Promise<Map<number, string>> {
  const users = new Map<number, string>()
  for (const line of (await readIfThere(path)).split('\n')) {
    const [name, , uid] = line.split(':')
    if (name === undefined || uid === undefined || !/^\d+$/.test(uid) || users.has(Number(uid))) continue
    users.set(Number(uid), name)
  }
  return users
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isGone(error)) return ''
    throw error
  }
}

async function readClock(proc: string): Promise<Clock> {
  const [stat, uptime] = await Promise.all([readFile(join(proc, 'stat'), 'latin1'), readFile(join(proc, 'uptime'), 'latin1')])
  return { boot: Number(/^btime (\d+)$/m.exec(stat)?.[1] ?? 0), now: Number(uptime.split(' ')[0]) }
}

async function readHead(path: string, limit: number): Promise<Buffer> {
  await using file = await open(path)
  const bytes = Buffer.allocUnsafe(limit)
  const { bytesRead } = await file.read(bytes, 0, limit, 0)
  return bytes.subarray(0, bytesRead)
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')
}
