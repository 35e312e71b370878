/** The helper in the background, from a folder that only root can change: versions that follow each other, and containers that go on. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { answerOf, type BackgroundPlace, bootstrapHelper, endBackground, startWords } from '../support/background.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { whyNoHelper } from '../support/helper.ts'
import { makeRealPayload, type Payload } from '../support/payload.ts'
import { makeClient } from '../support/request.ts'
import { run } from '../support/run.ts'
import { ANNA } from '../support/users.ts'

describe('helper start', { skip: whyNoHelper() ?? false }, () => {
  let programs: TemporaryFolder
  let older: Payload
  let newer: Payload
  before(() => {
    programs = makeTemporaryFolder('programs')
    chmodSync(programs.path, 0o755)
    older = makeRealPayload(join(programs.path, 'older'), '0.0.9')
    newer = makeRealPayload(join(programs.path, 'newer'), '0.2.0')
  })
  after(() => programs?.[Symbol.asyncDispose]())

  let folder: TemporaryFolder
  let place: BackgroundPlace
  beforeEach(() => {
    folder = makeTemporaryFolder('start')
    chmodSync(folder.path, 0o755)
    place = { base: join(folder.path, 'base'), dataRoot: join(folder.path, 'data'), runRoot: join(folder.path, 'run') }
    mkdirSync(place.base)
  })
  afterEach(async () => {
    await endBackground(place)
    await folder[Symbol.asyncDispose]()
  })

  const programsThere = () => readdirSync(join(place.base, 'pocker')).map((name) => join(place.base, 'pocker', name))

  test('it runs from root’s folder, apart from whoever started it, and lets the user in', async () => {
    const started = await bootstrapHelper(place, newer, { words: ['--user', String(ANNA)] })
    assert.deepEqual(programsThere(), [started.program])
    assert.equal(started.version, '0.2.0')
    assert.equal(statSync(started.socket).uid, ANNA)
    const status = readFileSync(`/proc/${started.pid}/status`, 'utf8')
    const stat = readFileSync(`/proc/${started.pid}/stat`, 'utf8').split(' ')
    assert.match(status, /^Umask:\t0077$/m)
    assert.equal(stat[5], stat[0], 'a session of its own')
    const { stdout } = await run(join(started.program, 'pocker'), ['version', '--format', '{{.Server.Version}}'], {
      uid: ANNA,
      cwd: '/',
      env: { POCKER_RUN_ROOT: place.runRoot },
    })
    assert.equal(stdout, '0.2.0\n')
  })

  test('one that runs is used by all who come later', async () => {
    const first = await bootstrapHelper(place, newer)
    const [second, third] = await Promise.all([bootstrapHelper(place, newer), bootstrapHelper(place, older)])
    assert.deepEqual([second?.pid, third?.pid], [first.pid, first.pid])
  })

  test('two that start at once make one helper', async () => {
    const [first, second] = await Promise.all([bootstrapHelper(place, newer), bootstrapHelper(place, newer)])
    assert.equal(first?.pid, second?.pid)
  })

  test('an older one makes room, its containers go on, users stay let in, and its program goes', async () => {
    const before = await bootstrapHelper(place, older, { words: ['--user', String(ANNA)] })
    const container = await startContainer(place)
    const now = await bootstrapHelper(place, newer)
    assert.notEqual(now.pid, before.pid)
    assert.equal(now.version, '0.2.0')
    assert.deepEqual(await stateOf(place, container.id), container.state)
    assert.equal(statSync(before.socket).uid, ANNA)
    assert.deepEqual(programsThere(), [now.program])
  })

  test('a program that somebody still runs stays', async () => {
    const elsewhere = { ...place, dataRoot: join(folder.path, 'data2'), runRoot: join(folder.path, 'run2') }
    const other = await bootstrapHelper(elsewhere, older)
    try {
      const now = await bootstrapHelper(place, newer)
      assert.deepEqual(programsThere().toSorted(), [other.program, now.program].toSorted())
    } finally {
      await endBackground(elsewhere)
    }
  })

  test('what a setting up that was killed has left goes after a while, and nothing else does', async () => {
    const [old, fresh, foreign] = ['new.1', 'new.2', 'notes'].map((name) => join(place.base, 'pocker', name))
    for (const path of [old, fresh, foreign]) mkdirSync(path ?? '', { recursive: true })
    utimesSync(old ?? '', 1, 1)
    const { program } = await bootstrapHelper(place, newer)
    assert.deepEqual(programsThere().toSorted(), [fresh, foreign, program].toSorted())
  })

  test('a helper that cannot start is told by its code', async () => {
    mkdirSync(place.dataRoot)
    writeFileSync(join(place.dataRoot, 'state.db'), 'this is no database, and long enough to be taken for a damaged one'.repeat(100))
    await assert.rejects(bootstrapHelper(place, newer))
    const { program } = { program: programsThere()[0] ?? '' }
    const answer = answerOf(await run(join(program, 'pocker'), startWords(place)))
    assert.partialDeepStrictEqual(answer, { error: 'helper-failed' })
    rmSync(place.dataRoot, { recursive: true })
  })

  test('an ordinary user starts none', async () => {
    const answer = answerOf(await run(join(newer.source, 'pocker'), startWords(place), { uid: ANNA, cwd: '/' }))
    assert.partialDeepStrictEqual(answer, { error: 'needs-root' })
    assert.equal(existsSync(place.runRoot), false)
  })

  test('one that was started in a login leaves the login’s control group, and is not the first to go when memory is short', async () => {
    const [hierarchy, line] = existsSync('/sys/fs/cgroup/systemd')
      ? ['/sys/fs/cgroup/systemd', /^\d+:name=systemd:\/pocker\/keepers$/m]
      : ['/sys/fs/cgroup', /^0::\/pocker\/keepers$/m]
    const session = join(hierarchy, 'pocker-test-session')
    mkdirSync(session)
    try {
      const enter = `echo $$ > ${session}/cgroup.procs; echo 200 > /proc/self/oom_score_adj; exec "$@"`
      const { pid } = await bootstrapHelper(place, newer, { prefix: ['/bin/sh', '-c', enter, 'sh'] })
      assert.match(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), line)
      assert.equal(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'), '0\n')
      await endBackground(place)
    } finally {
      await run('rmdir', [session])
    }
  })
})

interface ContainerState {
  readonly id: string
  readonly state: unknown
}

async function startContainer({ runRoot }: BackgroundPlace): Promise<ContainerState> {
  using client = makeClient(join(runRoot, 'pocker.sock'))
  const created = await client.send('POST', '/containers/create', {
    Image: 'host',
    Cmd: ['sleep', '1000'],
    HostConfig: { NetworkMode: 'none' },
  })
  const id = String(Reflect.get(Object(created.body), 'Id'))
  assert.equal((await client.send('POST', `/containers/${id}/start`)).status, 204)
  return { id, state: await stateOf({ base: '', dataRoot: '', runRoot }, id) }
}

async function stateOf({ runRoot }: BackgroundPlace, id: string): Promise<unknown> {
  using client = makeClient(join(runRoot, 'pocker.sock'))
  const { Status, Pid, StartedAt } = Object(Reflect.get(Object((await client.send('GET', `/containers/${id}/json`)).body), 'State'))
  assert.equal(Status, 'running')
  return { Status, Pid, StartedAt }
}
