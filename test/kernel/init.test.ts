/** Pocker's init as PID 1 of a container. */
import assert from 'node:assert/strict'
import { readFileSync, readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PockerError } from '../../helper/api/errors.ts'
import { eventually } from '../support/engine.ts'
import type { TemporaryFolder } from '../support/folders.ts'
import { countOwn, type LaunchPlace, type LaunchRequest, makeLaunchPlace } from '../support/launching.ts'
import { readFrames, streamText } from '../support/log-frames.ts'
import { makeRootfs, whyNoRootfs } from '../support/rootfs.ts'

const skip = whyNoRootfs() ?? (process.getuid?.() !== 0 && 'not root')
const { SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGTERM } = constants.signals
let root: TemporaryFolder

before(async () => {
  if (skip === false) root = await makeRootfs()
})
after(async () => {
  if (skip === false) await root[Symbol.asyncDispose]()
})

const start = (place: LaunchPlace, request: LaunchRequest) => place.start(root.path, { ...request, config: { Init: true } })

const output = (place: LaunchPlace, stream = 1) => streamText(readFrames(join(place.path, 'log')), stream)

test('every signal reaches the command, those too that PID 1 would ignore', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  const running = await start(place, { args: ['/bin/probe', 'print-signals'] })
  await eventually('it listens', () => output(place) === 'ready\n')
  let expected = 'ready\n'
  for (const signal of [SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH]) {
    running.signal(signal)
    expected += `${signal}\n`
    await eventually(`signal ${signal} came`, () => output(place) === expected)
  }
  running.signal(SIGTERM)
  assert.equal(await place.finish(running), 0)
})

test('a thousand orphans are reaped', { skip, timeout: 60_000 }, async () => {
  await using place = makeLaunchPlace()
  const running = await start(place, { args: ['/bin/probe', 'orphans', '1000', '20'] })
  const children = () => readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'latin1').trim().split(' ')
  await eventually('all are made', () => output(place) === 'ready\n', 30)
  await eventually('the command alone is left', () => children().length === 1)
  running.signal(9)
  assert.equal(await place.finish(running), 137)
})

test('its exit code is the command’s, 128 and more after a signal', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  for (const code of [0, 1, 42, 255])
    assert.equal(await place.finish(await start(place, { args: ['/bin/probe', 'exit', String(code)] })), code)
  for (const signal of [9, 11, 15])
    assert.equal(await place.finish(await start(place, { args: ['/bin/probe', 'signal-self', String(signal)] })), 128 + signal)
})

test('processes that outlive the command end with it', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  assert.equal(await place.finish(await start(place, { args: ['sh', '-c', 'probe sleep-forever & exit 3'] })), 3)
})

test('a command that cannot be executed is reported, and nothing is left', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  for (const [args, code] of [
    [['nothing'], 'command-not-found'],
    [['/nothing'], 'command-not-found'],
    [['/etc/passwd'], 'command-not-executable'],
    [['/bin'], 'command-not-executable'],
  ] as const) {
    const attempt = async (): Promise<void> => {
      const started = await place.launcher.start(place.spec(root.path, { args, config: { Init: true } }), place.options())
      await assert.rejects(started.confirmed, (error) => error instanceof PockerError && error.code === code)
      assert.equal(await place.finish(started.running), 127)
    }
    await attempt()
    const before = countOwn()
    await attempt()
    assert.deepEqual(countOwn(), before)
  }
})

test('the command has the terminal: its group is in the foreground', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  assert.equal(await place.finish(await start(place, { terminal: true, args: ['/bin/probe', 'report'] })), 0)
  const report: unknown = JSON.parse(output(place, 0))
  assert.partialDeepStrictEqual(report, { pid: 2, ppid: 1, pgid: 2, sid: 1, foregroundGroup: 2, terminal: '/dev/pts/0' })
  assert.partialDeepStrictEqual(report, {
    status: { SigBlk: '0000000000000000', SigIgn: '0000000000000000', CapEff: '00000000a80425fb', Seccomp: '2' },
  })
})

test('PID 1 is a sealed file of its own, small, and with no descriptor but the three', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  const running = await start(place, {
    args: [
      'sh',
      '-c',
      'while [ -e /proc/1/fd/3 ]; do :; done; ls /proc/1/fd; head -c 4 /proc/1/exe | tail -c 3; (echo > /proc/1/exe) 2>/dev/null; echo $?; exec probe sleep-forever',
    ],
  })
  await eventually('it has said all', () => output(place).endsWith('ready\n'))
  assert.equal(output(place), '0\n1\n2\nELF1\nready\n')
  assert.match(readlinkSync(`/proc/${running.pid}/exe`), /^\/memfd:pocker-init/)
  const [, rss] = /^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${running.pid}/smaps_rollup`, 'latin1')) ?? []
  assert.ok(Number(rss) <= 32, `${rss} kB`)
  running.signal(9)
  await place.finish(running)
})
