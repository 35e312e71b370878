import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mountOf } from './mount-of.ts'

const MOUNTS = `25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
26 25 8:2 / /var rw,noexec - xfs /dev/sda2 rw
27 26 8:3 / /var/lib\\040x rw - btrfs /dev/sda3 rw
28 25 8:4 / /var rw,nosuid - tmpfs tmpfs rw
`

test('a path is on the mount that lies deepest, and on top', () => {
  assert.deepEqual(mountOf(MOUNTS, '/'), { mountpoint: '/', type: 'ext4', options: ['rw', 'relatime'] })
  assert.equal(mountOf(MOUNTS, '/variety')?.type, 'ext4')
  assert.equal(mountOf(MOUNTS, '/var/lib x/y')?.type, 'btrfs')
  assert.deepEqual(mountOf(MOUNTS, '/var/lib')?.options, ['rw', 'nosuid'])
})

test('no mounts, no mount', () => assert.equal(mountOf('', '/'), undefined))
