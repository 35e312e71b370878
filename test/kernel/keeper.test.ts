/** The keeper as a process: what it logs, what it records, and what it costs. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readStatus } from '../../helper/engine/containers/exit-record.ts'
import type { StartOptions } from '../../helper/engine/containers/launcher.ts'
import { adopt, type Running } from '../../helper/engine/containers/running.ts'
import type { TemporaryFolder } from '../support/folders.ts'
import { countOwn, type LaunchPlace, type LaunchRequest, makeLaunchPlace } from '../support/launching.ts'
import { type Frame, readFrames, streamText } from '../support/log-frames.ts'
import { makeRootfs, whyNoRootfs } from '../support/rootfs.ts'

const skip = whyNoRootfs() ?? (process.getuid?.() !== 0 && 'not root')
let root: TemporaryFolder

before(async () => {
  if (skip === false) root = await makeRootfs()
})
after(async () => {
  if (skip === false) await root[Symbol.asyncDispose]()
})

const start = (place: LaunchPlace, request: LaunchRequest, options: Partial<StartOptions> = {}) => place.start(root.path, request, options)

const logOf = (place: LaunchPlace): Frame[] => readFrames(join(place.path, 'log'))

function keeperOf(running: Running): string {
  return /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${running.pid}/status`, 'latin1'))?.[1] ?? ''
}

/** What `probe write-bytes` writes: numbered lines of 64 bytes. */
function assertLines(text: string, count: number): void {
  assert.equal(text.length, 64 * count)
  // Number and end of each line; a block of 64 KiB at a time is what the probe fills anew.
  for (let line = 0; line < count; line++) {
    if (Number(text.slice(64 * line, 64 * line + 15)) !== line || text[64 * line + 63] !== '\n')
      assert.fail(`line ${line}: ${text.slice(64 * line, 64 * line + 64)}`)
  }
}

test('100,000 lines on each stream come through whole, in order, and apart', { skip, timeout: 60_000 }, async () => {
  await using place = makeLaunchPlace()
  const script = 'probe write-bytes 6400000 & probe write-bytes 6400000 >&2; wait; exit 5'
  const from = Math.floor(Date.now() / 1000)
  assert.equal(await place.finish(await start(place, { args: ['sh', '-c', script] })), 5)
  const frames = logOf(place)
  assertLines(streamText(frames, 1), 100_000)
  assertLines(streamText(frames, 2), 100_000)
  for (const { stream, seconds } of frames) {
    assert.ok(stream === 1 || stream === 2)
    assert.ok(seconds >= from && seconds <= Date.now() / 1000)
  }
})

test('100,000 lines of a terminal come as one stream', { skip, timeout: 60_000 }, async () => {
  await using place = makeLaunchPlace()
  assert.equal(await place.finish(await start(place, { terminal: true, args: ['sh', '-c', 'stty -opost; probe write-bytes 6400000'] })), 0)
  const frames = logOf(place)
  assert.ok(frames.every(({ stream }) => stream === 0))
  assertLines(streamText(frames, 0), 100_000)
})

test('the status record: start, then exit code or signal, in file and pipe alike', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  for (const code of [0, 1, 77, 255])
    assert.equal(await place.finish(await start(place, { args: ['/bin/probe', 'exit', String(code)] })), code)
  for (const signal of [constants.signals.SIGKILL, constants.signals.SIGTERM]) {
    // In the host's pid namespace: PID 1 of its own would ignore all but SIGKILL.
    const running = await start(place, { args: ['/bin/probe', 'sleep-forever'], config: { PidMode: 'host' } })
    assert.equal(readStatus(join(place.path, 'status')).exit, undefined)
    running.signal(signal)
    const exit = await running.exited
    assert.equal(await place.finish(running), 128 + signal)
    assert.deepEqual(readStatus(join(place.path, 'status')).exit, exit)
  }
  assert.equal(readFileSync(join(place.path, 'status')).length, 32 + 144)
})

test('a burst right before the exit is in the log when the exit is known', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  for (let count = 1; count <= 20; count++) {
    rmSync(join(place.path, 'log'), { force: true })
    assert.equal(
      await place.finish(await start(place, { args: ['sh', '-c', 'probe write-bytes 65536; probe write-bytes 4096 >&2; exit 3'] })),
      3,
    )
    const frames = logOf(place)
    assert.deepEqual([streamText(frames, 1).length, streamText(frames, 2).length], [65_536, 4096])
  }
})

test('a keeper that is just ending, and has let go of all but its status file, is taken over by nobody', { skip }, async () => {
  await using place = makeLaunchPlace()
  const status = join(place.path, 'status')
  const held = openSync(status, 'w')
  const ending = spawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', held] })
  closeSync(held)
  await once(ending, 'spawn')
  const pid = ending.pid ?? 0
  const before = countOwn()
  assert.equal(adopt({ pid, keeper: pid, startedAt: '', status, terminal: false, openStdin: true }), undefined)
  assert.deepEqual(countOwn(), before)
  const ended = once(ending, 'exit')
  ending.kill('SIGKILL')
  await ended
})

test('closed streams do not keep the keeper busy, nor from seeing the exit', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  const running = await start(place, { args: ['sh', '-c', 'echo before; exec probe sleep-forever >/dev/null 2>&1'] })
  const keeper = keeperOf(running)
  while (!existsSync(join(place.path, 'log')) || readFrames(join(place.path, 'log')).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 10))
  const ticks = () =>
    readFileSync(`/proc/${keeper}/stat`, 'latin1')
      .split(' ')
      .slice(13, 15)
      .map(Number)
      .reduce((sum, value) => sum + value)
  const before = ticks()
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.ok(ticks() - before <= 1, 'it sleeps')
  running.signal(9)
  assert.equal(await place.finish(running), 137)
  assert.equal(streamText(logOf(place), 1), 'before\n')
})

test('SIGUSR1 closes the input, behind what was written to it', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  const running = await start(place, { args: ['/bin/probe', 'echo-stdin'] }, { openStdin: true })
  await running.input?.write(Buffer.from('over the pipe\n'))
  running.endInput()
  assert.equal(await place.finish(running), 0)
  assert.equal(streamText(logOf(place), 1), 'over the pipe\n')
})

for (const [name, parent] of [
  ['a disk', undefined],
  ['tmpfs', '/dev/shm'],
] as const) {
  const missing = parent !== undefined && !existsSync(parent) && `no ${parent}`
  test(`a log with a limit gives its older part back and keeps the newer whole, on ${name}`, {
    skip: skip || missing,
    timeout: 60_000,
  }, async (context) => {
    await using place = makeLaunchPlace()
    const folder = parent === undefined ? place.path : mkdtempSync(join(parent, 'pocker-test-log-'))
    if (parent !== undefined) context.after(() => rmSync(folder, { recursive: true }))
    const log = join(folder, 'log')
    const half = 1 << 20
    const lines = 500_000
    assert.equal(
      await place.finish(await start(place, { args: ['/bin/probe', 'write-bytes', String(64 * lines)] }, { log, logHalf: half })),
      0,
    )
    const { size, blocks } = statSync(log)
    assert.ok(size > 64 * lines)
    assert.ok(blocks * 512 < 3 * half, `${blocks * 512} bytes used`)
    const text = streamText(readFrames(log), 1)
    assert.ok(text.length >= half, `${text.length} bytes kept`)
    const [first = ''] = /\d{15}/.exec(text) ?? []
    assert.equal(Number(first) * 64 + text.length - text.indexOf(first), 64 * lines)
    assert.equal(Number(text.slice(-64, -49)), lines - 1)
  })
}

test('a keeper is small, is nothing of the host’s, and holds what its container needs', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  const running = await start(place, { args: ['sh', '-c', 'probe write-bytes 6400000; echo ready >&2; exec probe sleep-forever'] })
  while (!existsSync(join(place.path, 'log')) || !readFileSync(join(place.path, 'log'), 'latin1').includes('ready'))
    await new Promise((resolve) => setTimeout(resolve, 10))
  const keeper = keeperOf(running)
  const [, rss] = /^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${keeper}/smaps_rollup`, 'latin1')) ?? []
  // 12 kB, and the 64 kB buffer when it has been full once.
  assert.ok(Number(rss) <= 64 + 24, `${rss} kB`)
  assert.match(readlinkSync(`/proc/${keeper}/exe`), /^\/memfd:pocker-keeper/)
  assert.equal(readlinkSync(`/proc/${keeper}/cwd`), '/')
  assert.equal(readFileSync(`/proc/${keeper}/cmdline`, 'latin1'), 'pocker-keeper\0')
  assert.equal(readFileSync(`/proc/${keeper}/comm`, 'latin1'), 'pocker-keeper\n')
  // SIGKILL and SIGSTOP cannot be blocked.
  assert.match(readFileSync(`/proc/${keeper}/status`, 'latin1'), /^SigBlk:\tfffffffffffbfeff$/m)
  running.signal(9)
  await place.finish(running)
  assert.equal(existsSync(`/proc/${keeper}`), false)
})
