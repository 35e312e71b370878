import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeLog, line, MIDNIGHT, SECOND } from './testing/fake-log.ts'
import { engineOf, openSession, plain } from './testing/open-session.ts'

const at = (seconds: number) => MIDNIGHT + BigInt(seconds) * SECOND
const ends = (text: string) => (rows: readonly string[]) => rows.at(-1) === text

test('a log is there, and goes on', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('a', 1), line('b', 2, 'stderr'))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('b'))
  log.write(line('c', 3))
  assert.deepEqual(await until(ends('c')), ['a', 'b', 'c'])
})

test('what has not ended is shown, and once', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('a', 1))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('a'))
  log.write({ ...line('', 2), text: 'Password: ' })
  await until(ends('Password: '))
  log.write({ ...line('', 3), text: 'ok\n', isRest: true })
  assert.deepEqual(await until(ends('Password: ok')), ['a', 'Password: ok'])
})

test('following goes on over restarts, with a rule for each', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('one', 1))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('one'))
  engine.emit({ Type: 'container', Action: 'oom', Actor: { ID: 'c', Attributes: { name: 'web' } }, timeNano: Number(at(2)) })
  log.end(137, at(2))
  await until((rows) => plain(rows).at(-1) === '── ended T, exit 137, out of memory ──')
  log.start(at(3))
  log.write(line('two', 4))
  await until(ends('two'))
  log.end(0, at(5))
  const rows = await until((all) => /ended/.test(all.at(-1) ?? ''))
  assert.deepEqual(plain(rows), ['one', '── restarted T, exit 137, out of memory ──', 'two', '── ended T, exit 0 ──'])
})

test('what was written in a life that nobody followed is there when the next one is', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('one', 1))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('one'))
  log.end(1, at(2))
  log.write(line('two', 4), line('three', 6))
  log.start(at(3))
  log.end(1, at(5))
  log.start(at(6))
  const rows = await until(ends('three'))
  assert.deepEqual(plain(rows), ['one', '── restarted T, exit 1 ──', 'two', '── restarted T, exit 1 ──', 'three'])
})

test('a container of the same name takes the log on', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('old', 1))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('old'))
  log.end(0, at(2))
  log.remove(at(2))
  await until((rows) => plain(rows).at(-1) === '── removed T ──')
  const next = fakeLog(engine, { id: 'd', name: 'web', startedAt: at(4) })
  next.write(line('new', 5))
  engine.emit({ Type: 'container', Action: 'create', Actor: { ID: 'd', Attributes: { name: 'web' } }, timeNano: Number(at(3)) })
  next.start(at(4))
  const rows = await until(ends('new'))
  assert.deepEqual(plain(rows), ['old', '── ended T, exit 0 ──', '── removed T ──', '── made anew T ──', 'new'])
})

test('a connection that breaks doubles nothing and loses nothing', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  // Of one moment, and the same text.
  log.write(line('a', 1), line('same', 2), line('same', 2))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('same'))
  log.cut()
  log.write(line('same', 2), line('b', 3))
  assert.deepEqual(await until(ends('b')), ['a', 'same', 'same', 'same', 'b'])
})

test('a connection that breaks within a line shows it once, when it is whole', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('a', 1))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('a'))
  log.write({ ...line('', 2), text: 'par' })
  await until(ends('par'))
  log.cut()
  log.write({ ...line('', 2), text: 'tial\n', isRest: true }, line('b', 3))
  assert.deepEqual(await until(ends('b')), ['a', 'partial', 'b'])
})

test('a clock that is set back loses no lines and doubles none', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('a', 100), line('b', 200), line('earlier', 50))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('earlier'))
  log.cut()
  log.write(line('still earlier', 51))
  assert.deepEqual(await until(ends('still earlier')), ['a', 'b', 'earlier', 'still earlier'])
})

test('an engine that is lost is waited for, and the log says so', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('a', 1))
  const { until, host } = openSession(t, engine, ['web'])
  await until(ends('a'))
  await engine.stop()
  await until((rows) => /this machine does not answer/.test(rows.at(-1) ?? ''))
  log.write(line('b', 2))
  await engine.start()
  host.retry()
  assert.deepEqual(await until(ends('b')), ['a', 'b'])
})

test('when more was written meanwhile than a window holds, the gap is marked', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('first', 1))
  const { until } = openSession(t, engine, ['web'])
  await until(ends('first'))
  log.cut()
  log.write(...Array.from({ length: 10_500 }, (_, index) => line(`line ${index}`, index + 2)))
  const rows = await until(ends('line 10499'))
  assert.deepEqual(rows.slice(0, 3), ['first', '… lines skipped, too fast to show', 'line 500'])
})

test('a container without a log, and one that is not there, are told in words', async (t) => {
  const engine = await engineOf(t)
  fakeLog(engine, { id: 'c', name: 'web', driver: 'none' })
  const { until } = openSession(t, engine, ['web', 'db'])
  const rows = await until((all) => all.length === 2)
  assert.match(rows[0] ?? '', /web has no log/)
  assert.match(rows[1] ?? '', /no container db on this machine/)
  const db = fakeLog(engine, { id: 'd', name: 'db' })
  db.write(line('here', 1))
  db.start(at(1))
  await until((all) => all.some((row) => row === 'db  | here'))
})

test('an engine that will not give the log is told with its reason, and asked again', async (t) => {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(line('a', 1))
  const answer = engine.handlers.get('GET /containers/c/logs')
  assert.ok(answer !== undefined)
  engine.handlers.set('GET /containers/c/logs', (_request, response) =>
    response.writeHead(501).end('{"message":"this driver does not read"}'),
  )
  const { until } = openSession(t, engine, ['web'])
  await until((rows) => /cannot be read.*this driver does not read/.test(rows.at(-1) ?? ''))
  engine.handlers.set('GET /containers/c/logs', answer)
  assert.deepEqual(await until(ends('a')), ['a'])
})

test('several containers are one log, in the order of their times', async (t) => {
  const engine = await engineOf(t)
  const web = fakeLog(engine, { id: 'c', name: 'web' })
  const db = fakeLog(engine, { id: 'd', name: 'db' })
  web.write(line('1', 1), line('3', 3))
  db.write(line('2', 2))
  const { until } = openSession(t, engine, ['web', 'db'])
  assert.deepEqual(await until((rows) => rows.length === 3), ['web | 1', 'db  | 2', 'web | 3'])
  db.end(1, at(4))
  const rows = await until((all) => all.length === 4)
  assert.equal(plain(rows).at(-1), '── db ended T, exit 1 ──')
})
