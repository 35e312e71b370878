/** The processes that serve files: how many there are, what each could do, and what becomes of one that hangs or dies. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { eventually } from '../support/engine.ts'
import {
  children,
  codeOf,
  contentOf,
  listOf,
  makeServedFolders,
  makeServers,
  namesOf,
  serveView,
  statOf,
  write,
} from '../support/file-serving.ts'
import { skipUnlessRoot } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }
const QUIET = { onChanges: () => undefined, onEnd: () => undefined }

test('what hangs ends with its process, and the next one answers', options, async (context) => {
  const { lower, view } = makeServedFolders(context)
  writeFileSync(join(lower, 'file'), 'content')
  const servers = makeServers(context, { deadline: 3000 })
  const start = () => servers.find('a', 'look') ?? servers.start({ key: 'a', owner: 'a', root: view, access: 'look' })
  const server = start()
  await statOf(server, '/file')
  const [pid] = [...children()]
  assert.ok(pid !== undefined)
  process.kill(pid, 'SIGSTOP')
  const waiting = [statOf(server, '/file'), listOf(server, '/'), contentOf(server, '/file')]
  assert.deepEqual(await Promise.all(waiting.map(codeOf)), ['files-not-answering', 'files-not-answering', 'files-not-answering'])
  await eventually('it is gone', () => server.isGone)
  assert.equal(await contentOf(start(), '/file'), 'content')
})

const noFuse = skipUnlessRoot || (existsSync('/dev/fuse') ? false : 'no /dev/fuse')

test('a mounted file system that does not answer hangs nothing but the requests for it', { skip: noFuse }, async (context) => {
  const { path, lower, view } = makeServedFolders(context)
  mkdirSync(join(path, 'volume/hung'), { recursive: true })
  writeFileSync(join(lower, 'file'), 'content')
  // Nobody reads what the kernel asks on that descriptor.
  const script = `
import ctypes,os,sys
f=os.open("/dev/fuse",os.O_RDWR)
c=ctypes.CDLL(None,use_errno=True)
options=b"fd=%d,rootmode=40000,user_id=0,group_id=0"%f
sys.exit(1) if c.mount(b"hung",b"hung",b"fuse",0,options)!=0 else print("mounted",flush=True)
sys.stdin.read()`
  const daemon = spawn('python3', ['-c', script], { cwd: join(path, 'volume'), stdio: ['pipe', 'pipe', 'inherit'] })
  await once(daemon.stdout, 'data')
  const servers = makeServers(context, { deadline: 3000 })
  try {
    const mounts = [{ source: join(path, 'volume'), destination: '/volume', readOnly: false }]
    const start = () => servers.find('a', 'write') ?? servers.start({ key: 'a', owner: 'a', root: { ...view, mounts }, access: 'write' })
    assert.equal(await contentOf(start(), '/file'), 'content')
    for (const ask of [() => statOf(start(), '/volume/hung/x'), () => listOf(start(), '/volume/hung')]) {
      assert.equal(await codeOf(ask()), 'files-not-answering')
    }
    assert.equal(await contentOf(start(), '/file'), 'content')
    await servers.end('a')
  } finally {
    const gone = once(daemon, 'exit')
    daemon.stdin.end()
    await gone
    execFileSync('umount', ['-l', join(path, 'volume/hung')])
  }
})

test('long work is no hanging', options, async (context) => {
  const { lower, view } = makeServedFolders(context)
  mkdirSync(join(lower, 'many'))
  const deadline = 3000
  const server = serveView(context, view, { deadline })
  let took = 0
  for (let from = 0, to = 8000; took < 1.5 * deadline; from = to, to *= 2) {
    for (let index = from; index < to; index++) writeFileSync(join(lower, 'many', `${index}`), '')
    const begin = performance.now()
    await server.ask('copy', { from: '/many', to: `/copy-${to}`, overwrite: false })
    took = performance.now() - begin
  }
})

test('a process that dies is said to have, and another one comes', options, async (context) => {
  const { view } = makeServedFolders(context)
  const servers = makeServers(context)
  const server = servers.start({ key: 'a', owner: 'a', root: view, access: 'write' })
  await statOf(server, '/')
  const [pid] = [...children()]
  assert.ok(pid !== undefined)
  const ended = Promise.withResolvers<void>()
  await server.watch({ path: '/', recursive: false }, { onChanges: () => undefined, onEnd: ended.resolve })
  process.kill(pid, 'SIGSTOP')
  const asked = codeOf(statOf(server, '/'))
  process.kill(pid, 'SIGKILL')
  assert.equal(await asked, 'files-process-died')
  await ended.promise
  assert.equal(servers.find('a', 'write'), undefined)
  assert.equal(servers.serves('a'), false)
})

test('when it is told to end, what is half done is undone', options, async (context) => {
  const { lower, upper, view } = makeServedFolders(context)
  mkdirSync(join(lower, 'many'))
  for (let index = 0; index < 3000; index++) writeFileSync(join(lower, 'many', `${index}`), '')
  const server = serveView(context, view)
  const never = new Readable({ read: () => undefined })
  never.push('some')
  const works = [
    write(server, '/new', never),
    server.ask('copy', { from: '/many', to: '/copy', overwrite: false }),
    server.ask('create', { path: '/other', create: true, overwrite: false }).then(() => new Promise(() => undefined)),
  ]
  const codes = works.slice(0, 2).map(codeOf)
  while (!existsSync(join(upper, 'copy'))) await new Promise((resolve) => setTimeout(resolve, 1))
  await server.end()
  assert.deepEqual(await codes[1], 'files-interrupted')
  never.push('more')
  assert.equal(await codes[0], 'files-interrupted')
  assert.deepEqual(readdirSync(upper), [])
})

test('there are only so many processes: the idlest makes room, and what is in use stays', options, async (context) => {
  const { view } = makeServedFolders(context)
  const servers = makeServers(context, { limit: 2 })
  const start = (key: string) => servers.start({ key, owner: key, root: view, access: 'look' })
  const [a, b] = [start('a'), start('b')]
  await statOf(a, '/')
  await statOf(b, '/')
  await statOf(a, '/')
  const c = start('c')
  await eventually('it is gone', () => b.isGone)
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => servers.find(key, 'look') !== undefined),
    [true, false, true],
  )
  const stop = await a.watch({ path: '/', recursive: false }, QUIET)
  await statOf(c, '/')
  using _ = c.hold()
  assert.throws(() => start('d'), { code: 'too-many-file-requests' })
  stop()
})

test('a process that nobody asks ends after a while', options, async (context) => {
  const { view } = makeServedFolders(context)
  const servers = makeServers(context, { idle: 50 })
  const server = servers.start({ key: 'a', owner: 'a', root: view, access: 'look' })
  const hold = server.hold()
  await statOf(server, '/')
  await new Promise((resolve) => setTimeout(resolve, 150))
  assert.equal(servers.serves('a'), true)
  hold[Symbol.dispose]()
  await eventually('it is gone', () => server.isGone)
  assert.equal(servers.serves('a'), false)
})

test('whoever waits for one that is about to go waits until it has let everything go', options, async (context) => {
  const { view } = makeServedFolders(context)
  const servers = makeServers(context)
  const server = servers.start({ key: 'a', owner: 'a', root: view, access: 'write' })
  await statOf(server, '/')
  const [pid] = [...children()]
  assert.ok(pid !== undefined)
  process.kill(pid, 'SIGSTOP')
  const ending = server.end()
  assert.equal(servers.find('a', 'write'), undefined)
  await servers.settle('a')
  assert.deepEqual([server.isGone, existsSync(`/proc/${pid}`)], [true, false])
  await ending
})

test('requests without end are refused', options, async (context) => {
  const { lower, view } = makeServedFolders(context)
  writeFileSync(join(lower, 'large'), Buffer.alloc(1 << 20))
  const server = serveView(context, view)
  const codes = await Promise.all(Array.from({ length: 300 }, () => codeOf(statOf(server, '/'))))
  assert.deepEqual([...new Set(codes)].sort(), ['none', 'too-many-file-requests'])
  const handles = Array.from({ length: 200 }, () => codeOf(server.ask('open', { path: '/large', offset: 0, length: undefined })))
  assert.deepEqual([...new Set(await Promise.all(handles))].sort(), ['none', 'too-many-file-requests'])
  assert.equal((await statOf(server, '/large')).size, 1 << 20)
})

function statusOf(path: string): Map<string, string> {
  const lines = readFileSync(`${path}/status`, 'utf8').trim().split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}

// chown, dac_override, fowner, fsetid, mknod, setfcap; and for a layer alone sys_admin, which reads overlayfs's marks
const FILE_CAPABILITIES = '000000008800001b'
const LAYER_CAPABILITIES = '000000008820001b'

for (const isLayer of [false, true]) {
  test(
    `the process has no privileges but those over files, and sees nothing else (${isLayer ? 'a layer' : 'a container'})`,
    options,
    async (context) => {
      const { lower, view } = makeServedFolders(context)
      writeFileSync(join(lower, 'mark'), '')
      const server = isLayer ? serveView(context, { folder: lower }, { access: 'read', isLayer }) : serveView(context, view)
      assert.deepEqual(await namesOf(server, '/'), ['mark'])
      const [pid] = [...children()]
      const status = statusOf(`/proc/${pid}`)
      for (const set of ['CapPrm', 'CapEff', 'CapBnd']) assert.equal(status.get(set), isLayer ? LAYER_CAPABILITIES : FILE_CAPABILITIES, set)
      for (const set of ['CapInh', 'CapAmb']) assert.equal(status.get(set), '0000000000000000', set)
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const of = statusOf(`/proc/${pid}/task/${thread}`)
        assert.deepEqual([of.get('Seccomp'), of.get('NoNewPrivs')], ['2', '1'], of.get('Name'))
      }
      assert.deepEqual(readdirSync(`/proc/${pid}/root`), ['mark'])
      const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim().split('\n')
      assert.equal(mounts.length, 1)
      for (const option of ['nodev', 'nosuid', 'noexec']) assert.match(mounts[0] ?? '', new RegExp(`\\b${option}\\b`))
      for (const kind of ['mnt', 'net', 'ipc', 'uts']) {
        assert.notEqual(readlinkSync(`/proc/${pid}/ns/${kind}`), readlinkSync(`/proc/self/ns/${kind}`), kind)
      }
      const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
      assert.deepEqual(
        open.filter((path) => path.startsWith('/') && path !== '/' && path !== '/dev/null'),
        [],
      )
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .filter(Boolean)
        .map((line) => line.split('=')[0])
      assert.deepEqual(names.sort(), ['LANG', 'MALLOC_ARENA_MAX', 'PATH', 'UV_THREADPOOL_SIZE'])
    },
  )
}
