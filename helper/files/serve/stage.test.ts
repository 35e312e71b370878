/** Where the file system has no files without a name: as on FAT, old network mounts and some FUSE ones. */
import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import { linux } from '../../linux/constants.ts'
import type { Place } from './place.ts'
import { isOtherName, openNamedStage } from './stage.ts'

function makePlace(context: TestContext): { place: Place; path: string } {
  const path = mkdtempSync(join(tmpdir(), 'pocker-stage-'))
  const folder = openSync(path, linux.O_PATH | linux.O_DIRECTORY)
  context.after(() => {
    closeSync(folder)
    rmSync(path, { recursive: true })
  })
  return { path, place: { folder, name: 'file', path: '/file', verb: 'write file', [Symbol.dispose]: () => undefined } }
}

test('a file appears under its name when it is whole', (context) => {
  const { place, path } = makePlace(context)
  {
    using stage = openNamedStage(place)
    writeSync(stage.file, 'new')
    assert.ok(readdirSync(path).every(isOtherName))
    stage.appear({ replaces: false })
  }
  assert.deepEqual([readdirSync(path), readFileSync(join(path, 'file'), 'utf8')], [['file'], 'new'])
})

test('it takes the place of another only when it is to', (context) => {
  const { place, path } = makePlace(context)
  writeFileSync(join(path, 'file'), 'old')
  for (const replaces of [false, true]) {
    using stage = openNamedStage(place)
    writeSync(stage.file, 'new')
    const appear = () => stage.appear({ replaces })
    if (replaces) appear()
    else assert.throws(appear, (error) => error instanceof PockerError && error.code === 'file-exists')
    assert.equal(readFileSync(join(path, 'file'), 'utf8'), replaces ? 'new' : 'old')
  }
  assert.deepEqual(readdirSync(path), ['file'])
})

test('nothing is left of one that does not become whole', (context) => {
  const { place, path } = makePlace(context)
  {
    using stage = openNamedStage(place)
    writeSync(stage.file, 'half')
  }
  assert.deepEqual(readdirSync(path), [])
})
