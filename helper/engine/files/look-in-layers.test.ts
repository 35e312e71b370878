import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { lookInLayers } from './look-in-layers.ts'

/** Layers, the uppermost first; a name that ends with a slash is a folder, `->` makes a link, all else is a file. */
function layersOf(context: TestContext, ...layers: readonly (readonly string[])[]): string[] {
  const place = mkdtempSync(join(tmpdir(), 'pocker-layers-'))
  context.after(() => rmSync(place, { recursive: true }))
  return layers.map((names, index) => {
    const layer = join(place, String(index))
    mkdirSync(layer)
    for (const name of names) {
      const [path = '', target] = name.split('->')
      mkdirSync(dirname(join(layer, path)), { recursive: true })
      if (target !== undefined) symlinkSync(target, join(layer, path))
      else if (path.endsWith('/')) mkdirSync(join(layer, path), { recursive: true })
      else writeFileSync(join(layer, path), '')
    }
    return layer
  })
}

test('what no layer has is nothing', (context) => {
  const layers = layersOf(context, ['a/b'], ['a/c/'])
  for (const path of ['/x', '/a/x', '/a/c/x']) assert.deepEqual(lookInLayers(layers, path), { there: 'nothing' })
})

test("a folder is empty when it is in all layers, and has the uppermost one's mode", (context) => {
  const layers = layersOf(context, ['data/'], ['data/', 'full/'], ['full/x'])
  chmodSync(join(layers[0] ?? '', 'data'), 0o1730)
  const found = lookInLayers(layers, '/data')
  assert.equal(found.there === 'empty-folder' && found.stats.mode & 0o7777, 0o1730)
  assert.deepEqual(lookInLayers(layers, '/full'), { there: 'something' })
})

test('files and links are something, whoever they belong to', (context) => {
  const layers = layersOf(context, ['var/run->/run', 'outside->../../../../etc'], ['run/x/', 'var/run/y/', 'file'])
  for (const path of ['/var/run', '/var/run/x', '/outside', '/outside/passwd', '/file']) {
    assert.deepEqual(lookInLayers(layers, path), { there: 'something' }, path)
  }
})

test('a file below a folder of an upper layer is hidden by it', (context) => {
  assert.equal(lookInLayers(layersOf(context, ['a/'], ['a']), '/a').there, 'empty-folder')
})
