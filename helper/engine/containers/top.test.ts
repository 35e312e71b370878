import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import { listProcesses } from './process-list.ts'
import { parsePs, top } from './top.ts'

function psIsMissing(): string | false {
  try {
    execFileSync('ps', ['--version'])
    return false
  } catch {
    return 'this host has no ps'
  }
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof PockerError && error.code === code
}

test('the table from /proc is that of ps -ef', { skip: psIsMissing() }, async (context) => {
  const child = spawn('sleep', ['1000'])
  context.after(() => child.kill())
  await once(child, 'spawn')
  const pids = [child.pid ?? 0, process.pid]
  const own = await top(pids, undefined)
  const theirs = parsePs(
    execFileSync('ps', ['-ef', `-q${pids.join(',')}`], { encoding: 'utf8', env: { ...process.env, COLUMNS: '4000' } }),
    new Set(pids),
  )
  const byPid = (rows: string[][]) => rows.toSorted((one, other) => Number(one[1]) - Number(other[1])).map(withoutLoad)
  assert.deepEqual(own.Titles, theirs.Titles)
  assert.deepEqual(byPid(own.Processes), byPid(theirs.Processes))
  const starts = (rows: string[][]) => rows.toSorted((one, other) => Number(one[1]) - Number(other[1])).map(minuteOfStart)
  for (const [index, minute] of starts(own.Processes).entries()) {
    const apart = Math.abs(minute - (starts(theirs.Processes)[index] ?? Number.NaN))
    assert.ok(apart <= 1 || apart === 24 * 60 - 1, `${apart} minutes apart`)
  }
})

/** C and TIME move between two looks; STIME is reckoned from the machine's start, of which ps knows the second by its clock only. */
function withoutLoad(row: string[]): string[] {
  return row.filter((_, column) => column !== 3 && column !== 4 && column !== 6)
}

function minuteOfStart(row: string[]): number {
  const [hours, minutes] = (row[4] ?? '').split(':').map(Number)
  return (hours ?? Number.NaN) * 60 + (minutes ?? Number.NaN)
}

function fakeHost(context: TestContext): { proc: string; passwd: string } {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-top-'))
  context.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'passwd'), 'root:x:0:0::/:/bin/sh\nmessagebus:x:101:102::/:/bin/false\n')
  writeFileSync(join(folder, 'stat'), 'cpu 1 2 3\nbtime 1700000000\n')
  writeFileSync(join(folder, 'uptime'), '200000.50 1.00\n')
  return { proc: folder, passwd: join(folder, 'passwd') }
}

function fakeProcess(
  proc: string,
  values: { pid: number; name?: string; state?: string; command?: string; uid?: number; tty?: number; ticks?: number },
): void {
  const { pid, name = 'sh', state = 'S', command = 'sh', uid = 0, tty = 0, ticks = 0 } = values
  mkdirSync(join(proc, String(pid)))
  const stat = `${pid} (${name}) ${state} 7 1 1 ${tty} -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 10000 0`
  writeFileSync(join(proc, String(pid), 'stat'), stat)
  writeFileSync(join(proc, String(pid), 'status'), `Name:\tx\nUid:\t5\t${uid}\t5\t5\n`)
  writeFileSync(join(proc, String(pid), 'cmdline'), command)
}

test('a process is shown with its effective user, load, terminal and time', async (context) => {
  const host = fakeHost(context)
  fakeProcess(host.proc, { pid: 42, uid: 101, tty: 0x8803, ticks: 9_000_000, command: 'sh\0-c\0sleep 1\0' })
  const { Processes } = await listProcesses([42], host)
  const [row = []] = Processes
  assert.deepEqual(
    [row[0], row[1], row[2], row[3], row[5], row[6], row[7]],
    ['message+', '42', '7', '45', 'pts/3', '01-01:00:00', 'sh -c sleep 1'],
  )
})

test('names and command lines cannot change the terminal that shows them', async (context) => {
  const host = fakeHost(context)
  fakeProcess(host.proc, { pid: 2, name: 'a) S 1 (b', command: '' })
  fakeProcess(host.proc, { pid: 1, command: 'evil\0\x1b[2J\r\nroot 1 0\0\u202e' })
  fakeProcess(host.proc, { pid: 3, state: 'Z', name: 'dead', command: '' })
  const { Processes } = await listProcesses([2, 3, 1, 99], host)
  assert.deepEqual(
    Processes.map((row) => row[7]),
    ['evil ?[2J??root 1 0 ?', '[a) S 1 (b]', '[dead] <defunct>'],
  )
})

test('other arguments go to ps and only the asked processes are kept', { skip: psIsMissing() }, async () => {
  const { Titles, Processes } = await top([process.pid], '-o pid,comm')
  assert.deepEqual(Titles, ['PID', 'COMMAND'])
  assert.equal(Processes.length, 1)
  assert.equal(Processes[0]?.[0], String(process.pid))
  assert.equal((await top([process.pid], 'aux')).Processes.length, 1)
})

test('arguments that hide the PIDs are refused', { skip: psIsMissing() }, async () => {
  for (const text of ['-o comm=PID', 'o uid=PID', '-o comm', '--no-such-option', '-e\0f', 'a'.repeat(5000)]) {
    await assert.rejects(top([1], text), hasCode('bad-ps-arguments'), text.slice(0, 20))
  }
})

test('a host without ps is told so', async () => {
  await assert.rejects(top([1], 'aux', { PATH: '/nowhere' }), hasCode('ps-missing'))
})

test('threads belong to the process above them', () => {
  const output = 'PID TTY STAT CMD\n 1 ? - init\n - ? Ss -\n 5 ? - sh -c  x\n - ? S -\n'
  assert.deepEqual(parsePs(output, new Set([5])).Processes, [
    ['5', '?', '-', 'sh -c x'],
    ['-', '?', 'S', '-'],
  ])
})
