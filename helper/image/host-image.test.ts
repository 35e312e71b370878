import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openHostImage, staleHostLayers } from './host-image.ts'

interface Machine {
  readonly dataRoot: string
  readonly hostRoot: string
}

/** A machine with merged /usr but for /lib, some of /etc public and some secret. */
function makeMachine(context: TestContext): Machine {
  const place = mkdtempSync(join(tmpdir(), 'pocker-host-'))
  context.after(() => rmSync(place, { recursive: true, force: true }))
  const hostRoot = join(place, 'machine')
  for (const path of ['usr/bin', 'lib', 'etc/ssl/certs', 'etc/ssl/private', 'etc/alternatives'])
    mkdirSync(join(hostRoot, path), { recursive: true })
  symlinkSync('usr/bin', join(hostRoot, 'bin'))
  writeFileSync(join(hostRoot, 'usr/bin/bash'), '')
  writeFileSync(join(hostRoot, 'etc/shadow'), 'root:secret')
  writeFileSync(join(hostRoot, 'etc/ssl/private/key.pem'), 'secret')
  writeFileSync(join(hostRoot, 'etc/ssl/certs/ca.pem'), 'certificate')
  writeFileSync(join(hostRoot, 'etc/ssl/certs/key.pem'), 'secret')
  chmodSync(join(hostRoot, 'etc/ssl/certs/key.pem'), 0o640)
  symlinkSync('/usr/bin/vim', join(hostRoot, 'etc/alternatives/vi'))
  symlinkSync('/usr/share/zoneinfo/UTC', join(hostRoot, 'etc/localtime'))
  return { dataRoot: join(place, 'data'), hostRoot }
}

const open = (machine: Machine) => openHostImage({ ...machine, now: 0 })
const layerOf = (machine: Machine) => open(machine).layers[0] ?? ''

test('the layer holds a small root with the modes it needs', (context) => {
  const machine = makeMachine(context)
  const umask = process.umask(0o077)
  context.after(() => process.umask(umask))
  const layer = layerOf(machine)
  const mode = (path: string) => (statSync(join(layer, path)).mode & 0o7777).toString(8)
  assert.deepEqual(['.', 'etc', 'root', 'tmp', 'var', 'var/tmp', 'etc/passwd', 'etc/ssl/certs', 'etc/ssl/certs/ca.pem', 'lib'].map(mode), [
    '755',
    '755',
    '700',
    '1777',
    '755',
    '1777',
    '644',
    '755',
    '644',
    '755',
  ])
  assert.equal(readlinkSync(join(layer, 'bin')), 'usr/bin')
  assert.equal(readlinkSync(join(layer, 'etc/localtime')), '/usr/share/zoneinfo/UTC')
  assert.equal(readlinkSync(join(layer, 'etc/alternatives/vi')), '/usr/bin/vim')
})

test('the layer holds no secret', (context) => {
  const layer = layerOf(makeMachine(context))
  for (const path of ['etc/shadow', 'etc/ssl/private', 'etc/ssl/certs/key.pem']) assert.equal(existsSync(join(layer, path)), false, path)
  const texts = readdirSync(layer, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const entry of texts) assert.doesNotMatch(readFileSync(join(entry.parentPath, entry.name), 'utf8'), /secret/)
})

test('/usr and the folders that are not links come as read-only mounts', (context) => {
  const machine = makeMachine(context)
  const options = ['rbind', 'ro', 'rro', 'nodev', 'rprivate']
  assert.deepEqual(open(machine).mounts, [
    { destination: '/usr', type: 'bind', source: join(machine.hostRoot, 'usr'), options },
    { destination: '/lib', type: 'bind', source: join(machine.hostRoot, 'lib'), options },
  ])
})

test('the layer is built once, and again when the machine has changed, under the same ID', (context) => {
  const machine = makeMachine(context)
  const first = open(machine)
  const { ino } = statSync(first.layers[0] ?? '')
  assert.equal(statSync(layerOf(machine)).ino, ino)
  writeFileSync(join(machine.hostRoot, 'etc/ld.so.cache'), 'changed')
  const second = open(machine)
  assert.equal(second.id, first.id)
  assert.notDeepEqual(second.layers, first.layers)
  assert.deepEqual(staleHostLayers(machine.dataRoot, second), first.layers)
})

test('what an interrupted build left is removed, and never taken for a layer', (context) => {
  const machine = makeMachine(context)
  mkdirSync(join(machine.dataRoot, 'images/.building-x/etc'), { recursive: true })
  layerOf(machine)
  assert.deepEqual(
    readdirSync(join(machine.dataRoot, 'images')).filter((name) => name.startsWith('.')),
    [],
  )
})

test("this machine's own image opens quickly and has root and nobody in it", (context) => {
  const machine = { ...makeMachine(context), hostRoot: '/' }
  const layer = layerOf(machine)
  const start = process.hrtime.bigint()
  open(machine)
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6
  assert.ok(milliseconds < 5, `${milliseconds} ms`)
  const passwd = readFileSync(join(layer, 'etc/passwd'), 'utf8')
  assert.match(passwd, /^root:x:0:0:root:\/root:/)
  assert.match(passwd, /^nobody:x:65534:65534:/m)
  assert.ok(lstatSync(join(layer, 'usr')).isDirectory())
})
