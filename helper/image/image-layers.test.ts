import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDigest } from './digest.ts'
import { imageLayers } from './image-layers.ts'
import type { ImageContent, ImageRecord } from './records.ts'

const [ONE, TWO] = [parseDigest(`sha256:${'1'.repeat(64)}`), parseDigest(`sha256:${'2'.repeat(64)}`)]
const context = { layers: { has: (diffId: string) => diffId === ONE, size: () => 7 } }

function image(more: Partial<ImageRecord>): ImageRecord {
  return { id: '', tags: [], created: 0, config: {}, layers: [], mounts: [], origin: 'layers', ...more }
}

function content(history: ImageContent['history']): ImageContent {
  return { manifest: ONE, diffIds: [ONE, TWO], blobs: [], repoDigests: [], architecture: '', os: '', history }
}

const sizes = async () => [{ folder: '/tree', bytes: 5 }]

test('each layer has the step that made it, whatever steps made none', async () => {
  const history = [{ created_by: 'ADD a' }, { created_by: 'ENV b', empty_layer: true }, { created_by: 'RUN c' }]
  assert.deepEqual(await imageLayers(context, sizes, image({ content: content(history) })), {
    layers: [
      { diffId: ONE, size: 7, createdBy: 'ADD a' },
      { diffId: TWO, size: 0, createdBy: 'RUN c' },
    ],
  })
})

test('an image that says too little, or too much, has as many as it has', async () => {
  for (const history of [[], [{}], [{}, {}, {}, {}]]) {
    const { layers } = await imageLayers(context, sizes, image({ content: content(history) }))
    assert.deepEqual(
      layers.map(({ createdBy }) => createdBy),
      ['', ''],
    )
  }
})

test('a folder of this machine is one layer', async () => {
  assert.deepEqual(await imageLayers(context, sizes, image({ origin: 'folder', layers: ['/tree'] })), {
    layers: [{ diffId: '', size: 5, createdBy: 'import /tree' }],
  })
})
