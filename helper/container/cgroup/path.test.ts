import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cgroupSegments } from './path.ts'

test('plain paths are split', () => {
  assert.deepEqual(cgroupSegments('/pocker/0f'), ['pocker', '0f'])
})

test('paths that could leave their parent or meet control files are refused', () => {
  for (const path of ['', '/', 'pocker', '/a/../b', '/a//b', '/a/', '/./a', '/cgroup.procs', '/a\nb', `/${'x'.repeat(256)}`]) {
    assert.throws(() => cgroupSegments(path), { code: 'cgroup-path-invalid' }, JSON.stringify(path))
  }
})
