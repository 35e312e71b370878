import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TarEntry as ReadEntry } from '../../archive/tar/entry.ts'
import { TarReader } from '../../archive/tar/reader.ts'
import { tarEnd, tarHeader, tarPadding } from '../../archive/tar-write.ts'
import type { FakeRoutes } from '../testing/fake-engine.ts'
import { fakeEngine, json } from '../testing/fake-engine.ts'
import { fakeIo, runCommand } from '../testing/fake-io.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const FOLDER = 2 ** 31 + 0o755
const LINK = 2 ** 27 + 0o777
const DEVICE = 2 ** 26 + 0o600

type Files = Readonly<Record<string, { readonly mode: number; readonly linkTarget?: string }>>

const FILES: Files = {
  '/dir': { mode: FOLDER },
  '/dir/': { mode: FOLDER },
  '/dir/.': { mode: FOLDER },
  '/file': { mode: 0o644 },
  '/link': { mode: LINK, linkTarget: 'dir' },
  '/filelink': { mode: LINK, linkTarget: '/etc/real' },
  '/dangling': { mode: LINK, linkTarget: 'gone' },
  '/etc/real': { mode: 0o644 },
  '/null': { mode: DEVICE },
}

function tar(entries: Readonly<Record<string, string | undefined>>): Buffer {
  const blocks = Object.entries(entries).flatMap(([name, content]) => {
    const kind = content === undefined ? 'folder' : 'file'
    const size = content?.length ?? 0
    return [
      tarHeader({ name, kind, mode: 0o755, uid: 0, gid: 0, mtime: 0n, size }),
      Buffer.from(content ?? ''),
      new Uint8Array(tarPadding(size)),
    ]
  })
  return Buffer.concat([...blocks, tarEnd])
}

/** A container with the files; what is asked of it comes as the archive. */
function container(archive: Buffer = tar({})): FakeRoutes {
  const header = (path: string) => {
    const file = FILES[path]
    const stat = { name: '', size: 0, mtime: '2026-01-01T00:00:00Z', linkTarget: '', ...file }
    return file === undefined ? undefined : { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64') }
  }
  return {
    'HEAD /containers/web/archive': ({ query }, response) => {
      const head = header(query.get('path') ?? '')
      response.writeHead(head === undefined ? 404 : 200, head).end()
    },
    'GET /containers/web/archive': ({ query }, response) => {
      const head = header(query.get('path') ?? '')
      if (head === undefined) json(response, 404, { message: `no such file: ${query.get('path')}`, code: 'path-missing' })
      else response.writeHead(200, head).end(archive)
    },
    'PUT /containers/web/archive': (_, response) => void response.writeHead(200).end(),
  }
}

interface Copied {
  readonly code: number
  readonly stderr: string
  readonly stdout: string
  /** Of the last request. */
  readonly query: Readonly<Record<string, string>>
  readonly entries: readonly string[]
  readonly requests: readonly string[]
}

async function copy(
  args: readonly string[],
  options: { readonly cwd: string; readonly archive?: Buffer; readonly input?: string },
): Promise<Copied> {
  await using engine = await fakeEngine({ routes: container(options.archive) })
  const io = fakeIo({ cwd: options.cwd })
  io.stdin.end(options.input ?? '')
  const result = await runCommand(['--socket', engine.socket, 'cp', ...args], io)
  const last = engine.seen.at(-1)
  return {
    ...result,
    query: Object.fromEntries(last?.query ?? []),
    entries: last?.method === 'PUT' && options.input === undefined ? namesIn(last.bytes) : [],
    requests: engine.seen.map(({ method, query }) => `${method} ${query.get('path')}`),
  }
}

function namesIn(bytes: Buffer): string[] {
  const names: string[] = []
  const reader = new TarReader({ begin: (entry: ReadEntry) => void names.push(entry.path), data: () => undefined, end: () => undefined })
  reader.write(bytes)
  reader.finish()
  return names.sort()
}

/** A file, a folder with a file, and links to both. */
function sources(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder()
  mkdirSync(join(folder.path, 'd'))
  writeFileSync(join(folder.path, 'f'), 'hello')
  writeFileSync(join(folder.path, 'd/in'), 'there')
  symlinkSync('d', join(folder.path, 'ld'))
  symlinkSync('f', join(folder.path, 'lf'))
  return folder
}

for (const [source, destination, path, entries] of [
  ['f', '/dir', '/dir', ['f']],
  ['f', '/dir/', '/dir/', ['f']],
  ['f', '/file', '/', ['file']],
  ['f', '/new', '/', ['new']],
  ['f', '/dir/new', '/dir', ['new']],
  ['d', '/dir', '/dir', ['d/', 'd/in']],
  ['d/', '/dir', '/dir', ['d/', 'd/in']],
  ['d/.', '/dir', '/dir', ['./', './in']],
  ['d/.', '/new', '/', ['new/', 'new/in']],
  ['d', '/new/', '/', ['new/', 'new/in']],
  ['.', '/new', '/', ['new/', 'new/d/', 'new/d/in', 'new/f', 'new/ld', 'new/lf']],
  ['f', '/link', '/dir', ['f']],
  ['f', '/filelink', '/etc', ['real']],
  ['f', '/dangling', '/', ['gone']],
  ['lf', '/dir', '/dir', ['lf']],
  ['ld', '/dir', '/dir', ['ld']],
  ['ld/', '/dir', '/dir', ['ld/', 'ld/in']],
  ['ld/.', '/dir', '/dir', ['./', './in']],
  ['ld/in', '/dir', '/dir', ['in']],
] as const) {
  test(`cp ${source} web:${destination}`, async () => {
    using folder = sources()
    const result = await copy([source, `web:${destination}`], { cwd: folder.path })
    assert.deepEqual([result.code, result.stderr, result.query, result.entries], [0, '', { path, noOverwriteDirNonDir: 'true' }, entries])
  })
}

test('cp -L sends what a link leads to, under the name of the link', async () => {
  using folder = sources()
  for (const [source, entries] of [
    ['lf', ['lf']],
    ['ld', ['ld/', 'ld/in']],
  ] as const) {
    assert.deepEqual((await copy(['-L', source, 'web:/dir'], { cwd: folder.path })).entries, entries)
  }
})

test('cp -a keeps owners, and - sends what is there', async () => {
  const result = await copy(['-a', '-', 'web:/dir'], { cwd: '/', input: 'an archive' })
  assert.deepEqual([result.code, result.query], [0, { path: '/dir', noOverwriteDirNonDir: 'true', copyUIDGID: 'true' }])
})

for (const [args, code] of [
  [['d', 'web:/file'], /cannot take the place of a file/],
  [['f', 'web:/new/'], /no such folder/],
  [['f/', 'web:/dir'], /not a directory|not a folder/],
  [['none', 'web:/dir'], /no such file/],
  [['f', 'web:/null'], /must be a folder or a regular file/],
  [['-', 'web:/file'], /must be a folder/],
  [['-', 'web:/none'], /must be a folder/],
  [['web:/x', 'web:/y'], /between containers is not supported/],
  [['x', 'y'], /at least one container source/],
  [['', 'web:/x'], /source can not be empty/],
  [['web:/x', ''], /destination can not be empty/],
  [['web:/none', '.'], /no such file: \/none/],
  [['web:/file', 'none/x'], /directory ".*none" does not exist/],
  [['web:/file', 'none/'], /no such folder/],
  [['web:/dir', 'f'], /cannot take the place of a file/],
  [['web:/file', '/dev/null'], /must be a folder or a regular file/],
] as const) {
  test(`cp ${args.join(' ')} is refused`, async () => {
    using folder = sources()
    const result = await copy(args, { cwd: folder.path, archive: tar({ file: 'x' }) })
    assert.equal(result.code, 1)
    assert.match(result.stderr, code)
    assert.deepEqual(readdirSync(folder.path).sort(), ['d', 'f', 'ld', 'lf'])
  })
}

for (const [source, destination, archive, file] of [
  ['/file', '.', { file: 'x' }, 'file'],
  ['/file', 'new', { file: 'x' }, 'new'],
  ['/file', 'f', { file: 'x' }, 'f'],
  ['/file', 'd', { file: 'x' }, 'd/file'],
  ['/file', 'ld', { file: 'x' }, 'd/file'],
  ['/file', 'lf', { file: 'x' }, 'f'],
  ['/dir', '.', { 'dir/': undefined, 'dir/in': 'x' }, 'dir/in'],
  ['/dir', 'new', { 'dir/': undefined, 'dir/in': 'x' }, 'new/in'],
  ['/dir/', 'new/', { 'dir/': undefined, 'dir/in': 'x' }, 'new/in'],
  ['/dir/.', 'd', { './': undefined, './in': 'x' }, 'd/in'],
  ['/dir/.', 'new', { './': undefined, './in': 'x' }, 'new/in'],
] as const) {
  test(`cp web:${source} ${destination}`, async () => {
    using folder = sources()
    const result = await copy([`web:${source}`, destination], { cwd: folder.path, archive: tar(archive) })
    assert.deepEqual([result.code, result.stderr, readFileSync(join(folder.path, file), 'utf8')], [0, '', 'x'])
  })
}

test('cp -L asks for what a link leads to, and keeps its name', async () => {
  using folder = temporaryFolder()
  const result = await copy(['-L', 'web:/filelink', '.'], { cwd: folder.path, archive: tar({ real: 'x' }) })
  assert.deepEqual([result.requests, readdirSync(folder.path)], [['HEAD /filelink', 'GET /etc/real'], ['filelink']])
})

test('cp to - hands the archive on', async () => {
  const archive = tar({ file: 'x' })
  assert.equal((await copy(['web:/file', '-'], { cwd: '/', archive })).stdout, archive.toString())
})

test('a container that sends more than was asked for is refused', async () => {
  using folder = temporaryFolder()
  chmodSync(folder.path, 0o755)
  const result = await copy(['web:/file', 'new'], { cwd: folder.path, archive: tar({ '.bashrc': 'evil' }) })
  assert.deepEqual([result.code, readdirSync(folder.path)], [1, []])
})

test('on a terminal it says what it has copied, unless it is to be quiet', async () => {
  for (const [flags, stderr] of [
    [[], /^Successfully copied 2.05kB to .*\/file\n$/],
    [['-q'], /^$/],
  ] as const) {
    using folder = temporaryFolder()
    await using engine = await fakeEngine({ routes: container(tar({ file: 'x' })) })
    const io = fakeIo({ cwd: folder.path, terminal: { rows: 24, columns: 80 } })
    const result = await runCommand(['--socket', engine.socket, 'cp', ...flags, 'web:/file', 'file'], io)
    assert.match(result.stderr, stderr)
  }
})
