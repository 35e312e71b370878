import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overlayOptions } from './overlay-options.ts'

const upper = `/var/lib/pocker/containers/${'c'.repeat(64)}/upper`
const work = `/var/lib/pocker/containers/${'c'.repeat(64)}/work`

function layers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `/var/lib/pocker/layers/${String(index).padStart(16, '0')}/fs`)
}

test('few layers are named by their whole paths', () => {
  const { folder, data } = overlayOptions({ layers: ['/a', '/b:c,d'], upper: '/u', work: '/w', volatile: true })
  assert.equal(folder, undefined)
  assert.equal(data, 'lowerdir=/a:/b\\:c\\,d,upperdir=/u,workdir=/w,volatile')
})

test('128 layers fit into one page, by names from the folder that they share', () => {
  const { folder, data } = overlayOptions({ layers: layers(128), upper, work })
  assert.equal(folder, '/var/lib/pocker/layers')
  assert.ok(data.startsWith('lowerdir=0000000000000000/fs:0000000000000001/fs:'))
  assert.ok(data.length <= 4095)
})

test('layers that share nothing but the root are relative to it', () => {
  const { folder, data } = overlayOptions({ layers: [...layers(95), '/srv/tree'] })
  assert.equal(folder, '/')
  assert.ok(data.endsWith(':srv/tree'))
})

test('what does not fit is refused', () => {
  assert.throws(() => overlayOptions({ layers: layers(400), upper, work }), RangeError)
})
