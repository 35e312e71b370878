import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageOf } from '../../testing/changing-host.ts'
import { imageTooltip } from './image-tooltip.ts'

const row = imageOf({ id: `sha256:${'ab'.repeat(32)}`, tags: ['nginx:1.27', '**x**'], size: 72e6, created: 1000 })
const time = (milliseconds: number) => new Date(milliseconds).toISOString()
const facts = {
  Os: 'linux',
  Architecture: 'arm64',
  Variant: 'v8',
  RepoDigests: ['nginx@sha256:1', '<none>@<none>'],
  Config: { Entrypoint: ['/start'], Cmd: ['nginx'], User: '', ExposedPorts: { '80/tcp': {} } },
}

test('a tooltip says what an image is, who uses it, and that it is for another processor', () => {
  const text = imageTooltip({ row, users: ['web', 'db'], time, facts, processor: 'amd64' })
  assert.deepEqual(text.replaceAll('\\', '').split('  \n'), [
    'It is for another processor: it runs here only where an emulator is set up.',
    'Names: nginx:1.27, **x**',
    'Size: 72 MB',
    'Created: 1970-01-01T00:00:01.000Z',
    'Platform: linux/arm64/v8',
    'Entrypoint: /start',
    'Command: nginx',
    'Listens on: 80/tcp',
    'Used by: web, db',
    'Digests: nginx@sha256:1',
    'ID: abababababab',
  ])
  assert.match(text, /\\\*\\\*x\\\*\\\*/)
})

test('one for this processor, or one that nothing more is known of, is not warned of', () => {
  assert.doesNotMatch(imageTooltip({ row, users: [], time, facts, processor: 'arm64' }), /processor/)
  assert.doesNotMatch(imageTooltip({ row, users: [], time, processor: 'amd64' }), /processor/)
})
