/** What the process that unpacks could do if an archive took it over: nothing beyond the folder. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startArchiveJob } from '../../helper/archive/process.ts'
import { rawTar } from '../../helper/archive/testing/raw-tar.ts'
import { makeUnpackPlace, skipUnlessRoot, type UnpackPlace, unpackCode } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

interface Waiting {
  readonly pid: number
  readonly place: UnpackPlace
}

/** A process in the middle of unpacking, stopped there. */
async function startWaiting(context: TestContext): Promise<Waiting> {
  const place = makeUnpackPlace(context)
  const path = join(place.path, 'blob')
  writeFileSync(path, rawTar([{ name: 'mark', data: 'here' }]))
  // Holes: what follows the archive's end is read too, for minutes.
  truncateSync(path, 2 ** 40)
  const [blob, folder] = [openSync(path, 'r'), openSync(place.folder, 'r')]
  const stop = new AbortController()
  const before = children()
  const stopped = Promise.withResolvers<number>()
  const onProgress = (bytes: number) => {
    // The second piece: by then the first has been unpacked.
    if (bytes < 2 ** 20) return
    const pid = Number([...children()].find((child) => !before.has(child)))
    process.kill(pid, 'SIGSTOP')
    stopped.resolve(pid)
  }
  const { result, facts } = startArchiveJob({ kind: 'unpack-layer' }, { stdin: blob, extraFds: [folder], signal: stop.signal, onProgress })
  facts.catch(() => undefined)
  const ended = result.then(() => undefined, stopped.reject)
  context.after(async () => {
    stop.abort()
    await ended
    for (const each of [blob, folder]) closeSync(each)
  })
  return { pid: await stopped.promise, place }
}

function children(): Set<string> {
  return new Set(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' '))
}

function statusOf(path: string): Map<string, string> {
  const lines = readFileSync(`${path}/status`, 'utf8').trim().split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}

// chown, dac_override, fowner, fsetid, mknod, setfcap
const FILE_CAPABILITIES = '000000008800001b'

test('its capabilities are those over files, and it can get no others', options, async (context) => {
  const { pid } = await startWaiting(context)
  const status = statusOf(`/proc/${pid}`)
  for (const set of ['CapPrm', 'CapEff', 'CapBnd']) assert.equal(status.get(set), FILE_CAPABILITIES, set)
  for (const set of ['CapInh', 'CapAmb']) assert.equal(status.get(set), '0000000000000000', set)
  assert.equal(status.get('NoNewPrivs'), '1')
})

// V8's two threads are older than the confinement, which is their thread's alone: they have the filter, and nothing to do with archives.
test('every thread has the filter', options, async (context) => {
  const { pid } = await startWaiting(context)
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = statusOf(`/proc/${pid}/task/${thread}`)
    assert.equal(status.get('Seccomp'), '2', status.get('Name'))
    assert.equal(status.get('NoNewPrivs'), '1', status.get('Name'))
  }
})

test('its root is the folder, and nothing else is mounted', options, async (context) => {
  const { pid } = await startWaiting(context)
  assert.deepEqual(readdirSync(`/proc/${pid}/root`), ['mark'])
  assert.equal(existsSync(`/proc/${pid}/root/etc/shadow`), false)
  assert.equal(readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim().split('\n').length, 1)
  for (const option of ['nodev', 'nosuid', 'noexec'])
    assert.match(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'), new RegExp(`\\b${option}\\b`))
})

test('its network, IPC and host name are its own', options, async (context) => {
  const { pid } = await startWaiting(context)
  for (const kind of ['mnt', 'net', 'ipc', 'uts']) {
    assert.notEqual(readlinkSync(`/proc/${pid}/ns/${kind}`), readlinkSync(`/proc/self/ns/${kind}`), kind)
  }
})

test('no descriptor leads to a folder of the host', options, async (context) => {
  const { pid, place } = await startWaiting(context)
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
  // Its own root is open; the archive is the only file of the host.
  const paths = open.filter((path) => path.startsWith('/') && !path.startsWith('/dev/null'))
  assert.deepEqual(
    paths.filter((path) => path !== join(place.path, 'blob') && path !== '/'),
    [],
  )
})

test('its environment has nothing of the helper', options, async (context) => {
  const { pid } = await startWaiting(context)
  const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .map((line) => line.split('=')[0])
  assert.deepEqual(names.filter((name) => name !== '').sort(), ['LANG', 'MALLOC_ARENA_MAX', 'PATH', 'UV_THREADPOOL_SIZE'])
})

test('it leaves no core', options, async (context) => {
  const { pid } = await startWaiting(context)
  assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /Max core file size\s+0\s+0/)
})

test('it ends when it is cancelled', options, async (context) => {
  const place = makeUnpackPlace(context)
  const path = join(place.path, 'blob')
  writeFileSync(path, '')
  truncateSync(path, 2 ** 40)
  const stop = new AbortController()
  assert.equal(await unpackCode(place, path, { signal: stop.signal, onProgress: () => stop.abort() }), 'cancelled')
})

test('a program that took it over could do nothing to the host', options, (context) => {
  const place = makeUnpackPlace(context)
  const folder = openSync(place.folder, 'r')
  const disk = String(statSync('/').dev)
  const output = execFileSync(process.execPath, ['--v8-pool-size=1', join(import.meta.dirname, '../fixtures/confined.fixture.ts'), disk], {
    stdio: ['ignore', 'pipe', 'inherit', folder],
    encoding: 'utf8',
  })
  closeSync(folder)
  const { made, files, attempts } = JSON.parse(output)
  assert.equal(made, 0, 'device nodes can be made')
  assert.deepEqual(files, ['disk', 'mine'])
  const others = new Map([
    ['file of the host', 'ENOENT'],
    ['file above', 'ENOENT'],
    ['disk of the host', 'EACCES'],
    ['clone3', 'ENOSYS'],
  ])
  for (const [name, result] of Object.entries(attempts)) assert.equal(result, others.get(name) ?? 'EPERM', name)
})
