/** What a watch tells of files that change, whoever changes them. */
import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FileChange } from '../../helper/api/files.ts'
import type { FileServer } from '../../helper/files/file-server.ts'
import { children, codeOf, makeServedFolders, namesOf, serveView, write } from '../support/file-serving.ts'
import { skipUnlessRoot } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

interface Watched {
  readonly changes: readonly FileChange[]
  /** Resolves when that change has been told. */
  until(kind: FileChange['kind'], path: string): Promise<void>
  stop(): void
}

async function watch(server: FileServer, path: string, recursive = false): Promise<Watched> {
  const changes: FileChange[] = []
  let wake = () => undefined
  const onChanges = (some: readonly FileChange[]) => {
    changes.push(...some)
    wake()
  }
  const stop = await server.watch({ path, recursive }, { onChanges, onEnd: () => undefined })
  const until = async (kind: FileChange['kind'], wanted: string) => {
    while (!changes.some((change) => change.kind === kind && change.path === wanted)) {
      await new Promise<void>((resolve) => {
        wake = () => void resolve()
      })
    }
  }
  return { changes, until, stop }
}

/** A volume, which the container and others change. */
function serveVolume(context: TestContext): { server: FileServer; volume: string } {
  const { path, view } = makeServedFolders(context)
  const volume = join(path, 'volume')
  mkdirSync(volume)
  return { volume, server: serveView(context, { ...view, mounts: [{ source: volume, destination: '/volume', readOnly: false }] }) }
}

test('what is made, changed and deleted in a folder, and in no other', options, async (context) => {
  const { server, volume } = serveVolume(context)
  mkdirSync(join(volume, 'inner'))
  const { changes, until } = await watch(server, '/volume/')
  writeFileSync(join(volume, 'file'), 'x')
  await until('created', '/volume/file')
  appendFileSync(join(volume, 'file'), 'y')
  await until('changed', '/volume/file')
  writeFileSync(join(volume, 'inner/deep'), 'x')
  renameSync(join(volume, 'file'), join(volume, 'other'))
  await until('created', '/volume/other')
  await until('deleted', '/volume/file')
  rmSync(join(volume, 'other'))
  await until('deleted', '/volume/other')
  await write(server, '/volume/ours', 'x')
  await until('created', '/volume/ours')
  assert.ok(!changes.some(({ path }) => path.includes('deep')))
})

test('with all folders below, also those that come later, and not those that have gone', options, async (context) => {
  const { server, volume } = serveVolume(context)
  mkdirSync(join(volume, 'a/b'), { recursive: true })
  const { changes, until } = await watch(server, '/volume', true)
  writeFileSync(join(volume, 'a/b/file'), 'x')
  await until('created', '/volume/a/b/file')
  // All at once: what is in a new folder before it is watched is told as well.
  mkdirSync(join(volume, 'new/er/est'), { recursive: true })
  writeFileSync(join(volume, 'new/er/est/file'), 'x')
  await until('created', '/volume/new/er/est/file')
  writeFileSync(join(volume, 'new/er/later'), 'x')
  await until('created', '/volume/new/er/later')
  renameSync(join(volume, 'a'), join(volume, '..', 'moved'))
  await until('deleted', '/volume/a')
  writeFileSync(join(volume, '..', 'moved/b/elsewhere'), 'x')
  writeFileSync(join(volume, 'last'), 'x')
  await until('created', '/volume/last')
  assert.ok(!changes.some(({ path }) => path.includes('elsewhere')))
})

test('a file alone, also one that another takes the place of, and through a link', options, async (context) => {
  const { server, volume } = serveVolume(context)
  writeFileSync(join(volume, 'file'), 'x')
  symlinkSync('file', join(volume, 'link'))
  const [direct, linked] = [await watch(server, '/volume/file'), await watch(server, '/volume/link')]
  writeFileSync(join(volume, 'other'), 'x')
  await write(server, '/volume/file', 'new')
  await direct.until('created', '/volume/file')
  await linked.until('created', '/volume/link')
  chmodSync(join(volume, 'file'), 0o600)
  await direct.until('changed', '/volume/file')
  rmSync(join(volume, 'file'))
  await direct.until('deleted', '/volume/file')
  assert.ok(![...direct.changes, ...linked.changes].some(({ path }) => path.includes('other')))
})

test('a mounted file', options, async (context) => {
  const { path, view } = makeServedFolders(context)
  writeFileSync(join(path, 'hosts'), 'old')
  const server = serveView(context, { ...view, mounts: [{ source: join(path, 'hosts'), destination: '/hosts', readOnly: false }] })
  const { until } = await watch(server, '/hosts')
  await write(server, '/hosts', 'new')
  await until('changed', '/hosts')
})

test('the watched folder itself is deleted', options, async (context) => {
  const { server, volume } = serveVolume(context)
  mkdirSync(join(volume, 'folder/inner'), { recursive: true })
  const { changes, until } = await watch(server, '/volume/folder', true)
  rmSync(join(volume, 'folder'), { recursive: true })
  await until('deleted', '/volume/folder')
  assert.deepEqual(
    changes.map(({ path }) => path),
    ['/volume/folder/inner', '/volume/folder'],
  )
})

test('several watches of the same folder end each for itself', options, async (context) => {
  const { server, volume } = serveVolume(context)
  const [one, other] = [await watch(server, '/volume'), await watch(server, '/volume', true)]
  one.stop()
  await namesOf(server, '/')
  writeFileSync(join(volume, 'file'), 'x')
  await other.until('created', '/volume/file')
  assert.deepEqual(one.changes, [])
  assert.equal(server.isBusy, true)
  other.stop()
  await namesOf(server, '/')
  assert.equal(server.isBusy, false)
})

test('a file that is written to all the time has changed a few times', options, async (context) => {
  const { server, volume } = serveVolume(context)
  writeFileSync(join(volume, 'log'), '')
  const { changes, until } = await watch(server, '/volume')
  const begin = performance.now()
  for (let index = 0; index < 5000; index++) appendFileSync(join(volume, 'log'), 'x')
  writeFileSync(join(volume, 'end'), '')
  await until('created', '/volume/end')
  // One for each time that changes are gathered, 50 ms.
  assert.ok(changes.length <= 3 + (performance.now() - begin) / 50, `${changes.length} were told`)
})

test('what was too much is said to be', options, async (context) => {
  const { server, volume } = serveVolume(context)
  const { until } = await watch(server, '/volume')
  const [pid] = [...children()]
  assert.ok(pid !== undefined)
  const kept = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'latin1'))
  // It reads nothing while the kernel gets more to keep than it does.
  process.kill(pid, 'SIGSTOP')
  try {
    for (let count = 0; count <= kept; count++) writeFileSync(join(volume, String(count % 40)), '')
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await until('overflow', '/volume')
})

test('there is a bound on folders, and links are not followed', options, async (context) => {
  const { server, volume } = serveVolume(context)
  symlinkSync('/', join(volume, 'root'))
  mkdirSync(join(volume, 'many'))
  const { until, stop } = await watch(server, '/volume', true)
  writeFileSync(join(volume, 'file'), '')
  await until('created', '/volume/file')
  for (let index = 0; index < 4200; index++) mkdirSync(join(volume, 'many', `${index}`))
  await until('overflow', '/volume')
  stop()
  assert.equal(await codeOf(watch(server, '/volume', true)), 'watch-too-large')
  assert.equal(await codeOf(watch(server, '/nowhere')), 'no-such-file')
  const again = await watch(server, '/volume/many/7', true)
  writeFileSync(join(volume, 'many/7/file'), '')
  await again.until('created', '/volume/many/7/file')
})
