/** What a container was: its lives, and its log over all of them, line by line. */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Container, ContainerCreateOptions } from 'dockerode'
import { type Life, livesSchema } from '../../helper/api/lives.ts'
import { type FollowedLine, followedLineSchema, foundLineSchema, type LogPageAnswer, logPageSchema } from '../../helper/api/log.ts'
import { demultiplex } from '../support/demultiplex.ts'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { assertNoGrowth, countHelper } from '../support/leaks.ts'

describe('the past of a container', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())
  afterEach(async () => {
    for (const { Id } of await engine.dockerode.listContainers({ all: true }))
      await engine.dockerode.getContainer(Id).remove({ force: true })
  })

  const start = async (script: string, more: ContainerCreateOptions = {}): Promise<Container> => {
    const container = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sh', '-c', script], ...more })
    await container.start()
    return container
  }
  const get = async (path: string) => (await engine.helper.request('GET', path)).body
  const livesOf = async ({ id }: Container): Promise<Life[]> => livesSchema.parse(await get(`/pocker/containers/${id}/lives`)).lives
  const page = async ({ id }: Container, query: string): Promise<LogPageAnswer> =>
    logPageSchema.parse(await get(`/pocker/containers/${id}/log?${query}`))
  const hasEnded = (container: Container) => eventually('it has ended', async () => !(await container.inspect()).State.Running)

  test('each life has its times, its code and whether somebody asked for its end', async () => {
    const container = await start('exit 3', { HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } } })
    await eventually(
      'it has failed three times',
      async () => (await livesOf(container)).filter(({ exitCode }) => exitCode === 3).length === 3,
    )
    const crashed = await livesOf(container)
    assert.equal(crashed.length, 3)
    assert.ok(crashed.every(({ isStopped, oomKilled }) => !isStopped && !oomKilled))
    const times = crashed.flatMap(({ startedAt, finishedAt = '' }) => [startedAt, finishedAt])
    assert.deepEqual(times.toSorted(), times)

    const lasting = await start('echo up; exec sleep 1000')
    assert.deepEqual(
      (await livesOf(lasting)).map(({ startedAt: _, ...life }) => life),
      [{ oomKilled: false, isStopped: false, error: '' }],
    )
    await lasting.stop({ t: 0 })
    await lasting.start()
    const [stopped, present] = await livesOf(lasting)
    assert.partialDeepStrictEqual(stopped, { exitCode: 137, isStopped: true, oomKilled: false })
    assert.equal(present?.startedAt, (await lasting.inspect()).State.StartedAt)
    assert.equal(present?.finishedAt, undefined)
  })

  test('a life that ran out of memory says so, and one that could not begin says why', async () => {
    const greedy = await engine.dockerode.createContainer({
      Image: 'tiny',
      Cmd: ['probe', 'eat-memory', String(512 << 20)],
      HostConfig: { Memory: 32 << 20, MemorySwap: 32 << 20 },
    })
    await greedy.start()
    await hasEnded(greedy)
    assert.partialDeepStrictEqual(await livesOf(greedy), [{ exitCode: 137, oomKilled: true }])
    const failing = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['no-such-command'], HostConfig: { Init: true } })
    await assert.rejects(failing.start())
    const [life] = await livesOf(failing)
    assert.match(life?.error ?? '', /no-such-command/)
  })

  test('lives are kept over helpers that leave and helpers that are killed', async () => {
    const container = await start('echo up; exec sleep 1000')
    await container.stop({ t: 0 })
    await engine.helper.restart()
    await container.start()
    const pid = (await container.inspect()).State.Pid
    await engine.helper.end('SIGKILL')
    process.kill(pid, 'SIGKILL')
    await engine.helper.restart()
    await hasEnded(container)
    const lives = await livesOf(container)
    assert.deepEqual(
      lives.map(({ exitCode, isStopped }) => [exitCode, isStopped]),
      [
        [137, true],
        [137, false],
      ],
    )
    assert.ok((lives[0]?.finishedAt ?? '') < (lives[1]?.startedAt ?? ''))
  })

  /** What `logs?follow=1` gives, as it comes. */
  const followLogs = async ({ id }: Container, query = ''): Promise<{ text: () => string; ended: Promise<unknown>; stop: () => void }> => {
    const message = await engine.helper.client.open('GET', `/containers/${id}/logs?stdout=1&stderr=1&follow=1${query}`)
    const pieces: Buffer[] = []
    message.on('data', (piece: Buffer) => pieces.push(piece))
    message.on('error', () => undefined)
    return { text: () => demultiplex(Buffer.concat(pieces)).stdout, ended: closed(message), stop: () => message.destroy() }
  }

  test('logs that are followed go on over crashes that the policy mends, and end with the last', async () => {
    const container = await start('test -e /twice && exit 0; test -e /once && touch /twice; touch /once; echo run; sleep 0.1; exit 1', {
      HostConfig: { RestartPolicy: { Name: 'on-failure' } },
    })
    const logs = await followLogs(container)
    await logs.ended
    assert.equal(logs.text(), 'run\nrun\n')
    assert.equal((await livesOf(container)).length, 3)
  })

  test('with lives=all they go on over a stop and a start by hand, until the container is removed', async () => {
    const container = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sh', '-c', 'echo run; exec sleep 1000'] })
    const logs = await followLogs(container, '&lives=all')
    let runs = ''
    for (let run = 0; run < 3; run++) {
      await container.start()
      runs += 'run\n'
      await eventually('its words', () => logs.text() === runs)
      await container.stop({ t: 0 })
    }
    const late = await followLogs(container, '&lives=all&tail=1')
    await eventually('the last line', () => late.text() === 'run\n')
    await container.remove()
    await Promise.all([logs.ended, late.ended])
    assert.equal((await engine.helper.request('GET', `/containers/${container.id}/logs?stdout=1&lives=some`)).status, 400)
  })

  test('logs of a container are followed on, by time, after another helper has started', async () => {
    const container = await start('i=0; while :; do echo $i; i=$((i+1)); usleep 5000; done')
    const first = await followLogs(container, '&timestamps=1')
    await eventually('some lines', () => first.text().split('\n').length > 5)
    await engine.helper.restart('SIGKILL')
    const lines = first
      .text()
      .split('\n')
      .filter((line) => line !== '')
    const [time = '', last = ''] = lines.at(-1)?.split(' ') ?? []
    const seconds = `${Math.floor(Date.parse(time) / 1000)}.${time.slice(20, 29)}`
    const second = await followLogs(container, `&since=${seconds}`)
    await eventually('more lines', () => second.text().split('\n').length > 5)
    second.stop()
    const later = second.text().split('\n').slice(0, -1).map(Number)
    // A busy machine gives several lines one moment.
    const begin = Number(lines.find((line) => line.startsWith(`${time} `))?.split(' ')[1])
    assert.ok(begin <= Number(last))
    assert.equal(later[0], begin, 'lines of that moment come again')
    for (const [index, line] of later.entries()) assert.equal(line, begin + index)
  })

  /** The followed lines of a container, as they come. */
  const follow = async ({ id }: Container, after: string): Promise<{ lines: FollowedLine[]; message: IncomingMessage }> => {
    const message = await engine.helper.client.open('GET', `/pocker/containers/${id}/log?follow=1&after=${after}`)
    assert.equal(message.statusCode, 200)
    const lines: FollowedLine[] = []
    let rest = ''
    message.on('error', () => undefined)
    message.setEncoding('utf8').on('data', (piece: string) => {
      const parts = (rest + piece).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts.map((part) => followedLineSchema.parse(JSON.parse(part))))
    })
    return { lines, message }
  }
  const textsOf = (lines: readonly FollowedLine[]) => lines.map((line) => ('text' in line ? line.text : 'gap'))

  test('a page and what is followed after it have each line once, over restarts and over another helper', async () => {
    const container = await start(
      'echo "life $(cat /proc/sys/kernel/random/uuid)"; i=0; while [ $i -lt 300 ]; do echo $i; i=$((i+1)); done; exec sleep 1000',
    )
    await eventually('it has written', async () => (await page(container, 'lines=1')).lines[0]?.text === '299')
    const first = await page(container, 'lines=10')
    assert.deepEqual(
      first.lines.map(({ text }) => text),
      ['290', '291', '292', '293', '294', '295', '296', '297', '298', '299'],
    )
    const live = await follow(container, first.after)
    await container.restart({ t: 0 })
    await eventually('the second life', () => live.lines.length === 301)
    assert.match(textsOf(live.lines)[0] ?? '', /^life /)
    const last = live.lines[150]
    live.message.destroy()
    await engine.helper.restart('SIGKILL')
    const again = await follow(container, last !== undefined && 'position' in last ? last.position : '')
    await eventually('the rest', () => again.lines.length === 150)
    assert.deepEqual(textsOf(again.lines), textsOf(live.lines).slice(151))
    await container.stop({ t: 0 })
    await container.start()
    await eventually('the third life', () => again.lines.length === 150 + 301)
    const ended = closed(again.message)
    await container.remove({ force: true })
    await ended
  })

  test('lines of one moment are paged exactly, from stdout and stderr', async () => {
    const container = await start(
      'for word in a b c d e f g h; do for n in 1 2 3 4 5 6 7 8 9; do echo $word$n; done; echo "error $word" >&2; done',
    )
    await hasEnded(container)
    const all = (await page(container, 'lines=1000')).lines
    assert.equal(all.length, 80)
    const texts: string[] = []
    let before: string | undefined
    do {
      const { lines, before: next } = await page(container, `lines=7${before === undefined ? '' : `&before=${before}`}`)
      texts.unshift(...lines.map(({ text }) => text))
      before = next
    } while (before !== undefined)
    assert.deepEqual(
      texts,
      all.map(({ text }) => text),
    )
    assert.equal(all.filter(({ stream }) => stream === 'stderr').length, 8)
    const found = String(await text(`/pocker/containers/${container.id}/log/search?text=ERROR&case=ignore&limit=3`))
      .trim()
      .split('\n')
    assert.deepEqual(
      found
        .map((line) => foundLineSchema.parse(JSON.parse(line)))
        .map((line) => ('text' in line ? line.text : Object.keys(line).sort().join())),
      ['error h', 'error g', 'error f', 'before,isEnd'],
    )
  })

  const text = async (path: string): Promise<string> => {
    const message = await engine.helper.client.open('GET', path)
    let found = ''
    for await (const piece of message) found += String(piece)
    return found
  }

  test('what cannot be read is refused with a status', async () => {
    const container = await start('echo x')
    const status = async (query: string) => (await engine.helper.request('GET', `/pocker/containers/${container.id}/log${query}`)).status
    assert.equal(await status('?before=../../x'), 400)
    assert.equal(await status('?follow=1&after=zzzz-0-0-0'), 404)
    assert.equal(await status('/search?text=x&before=zzzz-0-0-0'), 404)
    assert.equal((await engine.helper.request('GET', '/pocker/containers/nobody/lives')).status, 404)
    const silent = await start('echo x', { HostConfig: { LogConfig: { Type: 'none', Config: {} } } })
    assert.equal((await engine.helper.request('GET', `/pocker/containers/${silent.id}/log`)).status, 501)
  })

  test('followers and searches that go away leave nothing', async () => {
    const container = await start('while :; do echo x; usleep 1000; done')
    const round = async () => {
      const { message } = await follow(container, 'start')
      message.destroy()
      const found = await engine.helper.client.open('GET', `/pocker/containers/${container.id}/log/search?text=nothing`)
      found.on('error', () => undefined).destroy()
    }
    for (let warm = 0; warm < 20; warm++) await round()
    const counts = () => countHelper(engine.helper.pid())
    const before = counts()
    await assertNoGrowth(
      () => counts().resident,
      async () => {
        for (let count = 0; count < 100; count++) await round()
        await eventually('its descriptors are closed', () => counts().descriptors <= before.descriptors + 1)
      },
    )
  })
})

/** Also of one that is cut off, which events.once takes for a failure. */
function closed(message: IncomingMessage): Promise<void> {
  return new Promise((resolve) => message.once('close', () => resolve()))
}
