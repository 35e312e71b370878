/** E19: an image's account files are hostile. Root is needed for device nodes only. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { PockerError } from '../../helper/api/errors.ts'
import { readAccountFiles } from '../../helper/container/spec/account-files.ts'

interface Layers {
  readonly upper: string
  readonly lower: string
  readonly outside: string
}

function makeLayers(context: TestContext): Layers {
  const place = mkdtempSync(join(tmpdir(), 'pocker-accounts-'))
  context.after(() => rmSync(place, { recursive: true, force: true }))
  const [upper, lower, outside] = ['upper', 'lower', 'outside'].map((name) => join(place, name))
  assert.ok(upper && lower && outside)
  for (const folder of [join(upper, 'etc'), join(lower, 'etc'), outside]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(outside, 'secret'), 'secret:x:0:0:::')
  return { upper, lower, outside }
}

const passwd = (layers: Layers) => readAccountFiles([layers.lower], layers.upper).passwd

function makeNode(...words: string[]): void {
  assert.equal(spawnSync('mknod', words).status, 0)
}

/** Must be over quickly, and without the memory that the file pretends to fill. */
function assertRefused(layers: Layers): void {
  const start = performance.now()
  const before = process.memoryUsage.rss()
  assert.throws(
    () => passwd(layers),
    (error) => error instanceof PockerError && error.code === 'bad-account-file',
  )
  assert.ok(performance.now() - start < 2000)
  assert.ok(process.memoryUsage.rss() - before < 32 * 2 ** 20)
}

test('the uppermost layer that has the file counts', (context) => {
  const layers = makeLayers(context)
  writeFileSync(join(layers.lower, 'etc/passwd'), 'lower')
  assert.equal(passwd(layers), 'lower')
  writeFileSync(join(layers.upper, 'etc/passwd'), 'upper')
  assert.equal(passwd(layers), 'upper')
})

test('no file at all is an empty one', (context) => {
  assert.deepEqual(readAccountFiles([makeLayers(context).lower]), { passwd: '', group: '' })
})

test('a file of just the largest size is read, one byte more is refused', (context) => {
  const layers = makeLayers(context)
  const path = join(layers.lower, 'etc/passwd')
  writeFileSync(path, 'x'.repeat(1 << 20))
  assert.equal(passwd(layers).length, 1 << 20)
  truncateSync(path, (1 << 20) + 1)
  assertRefused(layers)
})

test('two gigabytes of holes are refused', (context) => {
  const layers = makeLayers(context)
  writeFileSync(join(layers.lower, 'etc/passwd'), '')
  truncateSync(join(layers.lower, 'etc/passwd'), 2 ** 31)
  assertRefused(layers)
})

test('a FIFO is refused and blocks nobody', (context) => {
  const layers = makeLayers(context)
  makeNode(join(layers.lower, 'etc/passwd'), 'p')
  assertRefused(layers)
})

test('a folder is refused', (context) => {
  const layers = makeLayers(context)
  mkdirSync(join(layers.lower, 'etc/passwd'))
  assertRefused(layers)
})

test('a device is refused', (context) => {
  const layers = makeLayers(context)
  makeNode(join(layers.lower, 'etc/passwd'), 'c', '1', '5')
  assertRefused(layers)
})

test('a link to a device of the image is refused', (context) => {
  const layers = makeLayers(context)
  mkdirSync(join(layers.lower, 'dev'))
  makeNode(join(layers.lower, 'dev/zero'), 'c', '1', '5')
  symlinkSync('/dev/zero', join(layers.lower, 'etc/passwd'))
  assertRefused(layers)
})

test('links in a circle are refused', (context) => {
  const layers = makeLayers(context)
  symlinkSync('passwd', join(layers.lower, 'etc/passwd'))
  assertRefused(layers)
})

for (const target of ['../../outside/secret', '../../../../../../etc/passwd', '/proc/self/cwd/etc/passwd', '/etc/shadow']) {
  test(`a link to ${target} stays inside the layer and finds nothing`, (context) => {
    const layers = makeLayers(context)
    symlinkSync(target, join(layers.lower, target.endsWith('etc/passwd') ? 'etc/group' : 'etc/passwd'))
    assert.deepEqual(readAccountFiles([layers.lower]), { passwd: '', group: '' })
  })
}

test('an absolute link is followed as the container would follow it', (context) => {
  const layers = makeLayers(context)
  mkdirSync(join(layers.lower, 'usr/etc'), { recursive: true })
  writeFileSync(join(layers.lower, 'usr/etc/passwd'), 'inside')
  symlinkSync('/usr/etc/passwd', join(layers.lower, 'etc/passwd'))
  assert.equal(passwd(layers), 'inside')
})

test('a link of /etc itself to the host is one inside the layer', (context) => {
  const layers = makeLayers(context)
  rmSync(join(layers.lower, 'etc'), { recursive: true })
  symlinkSync(layers.outside, join(layers.lower, 'etc'))
  writeFileSync(join(layers.outside, 'passwd'), 'secret')
  assert.equal(passwd(layers), '')
})

test('what the upper layer took away is gone', (context) => {
  const layers = makeLayers(context)
  writeFileSync(join(layers.lower, 'etc/passwd'), 'lower')
  makeNode(join(layers.upper, 'etc/passwd'), 'c', '0', '0')
  assert.equal(passwd(layers), '')
})

test('what the upper layer took away with its folder is gone', (context) => {
  const layers = makeLayers(context)
  writeFileSync(join(layers.lower, 'etc/passwd'), 'lower')
  rmSync(join(layers.upper, 'etc'), { recursive: true })
  makeNode(join(layers.upper, 'etc'), 'c', '0', '0')
  assert.equal(passwd(layers), '')
})

test('a layer that has gone says so', (context) => {
  const layers = makeLayers(context)
  rmSync(layers.lower, { recursive: true })
  assert.throws(
    () => passwd(layers),
    (error) => error instanceof PockerError && error.code === 'image-folder-missing',
  )
})
