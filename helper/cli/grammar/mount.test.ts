import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { parseMount } from './mount.ts'

for (const [text, mount] of [
  ['type=bind,source=/a,target=/b', { Type: 'bind', Source: '/a', Target: '/b' }],
  ['type=bind,src=./a,dst=/b,readonly', { Type: 'bind', Source: '/home/me/a', Target: '/b', ReadOnly: true }],
  ['type=bind,src=/a,destination=/b,ro=false', { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: false }],
  [
    'type=bind,src=/a,dst=/b,bind-propagation=rshared',
    { Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'rshared' } },
  ],
  ['type=bind,src=/a,dst=/b,bind-recursive=disabled', { Type: 'bind', Source: '/a', Target: '/b', BindOptions: { NonRecursive: true } }],
  ['type=bind,"src=/a,b",dst=/b', { Type: 'bind', Source: '/a,b', Target: '/b' }],
  ['target=/b', { Type: 'volume', Target: '/b' }],
  [
    'src=v,dst=/b,volume-nocopy,volume-label=k=v',
    { Type: 'volume', Source: 'v', Target: '/b', VolumeOptions: { NoCopy: true, Labels: { k: 'v' } } },
  ],
  ['type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1777', { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1048576, Mode: 0o1777 } }],
] as const) {
  test(`--mount ${text}`, () => assert.deepEqual(parseMount(text, '/home/me'), mount))
}

for (const [text, code] of [
  ['', 'invalid-mount'],
  ['type=bind,src=/a', 'invalid-mount'],
  ['type=nfs,dst=/b', 'invalid-mount'],
  ['dst=/b,foo=bar', 'invalid-mount'],
  ['dst=/b,constructor=1', 'invalid-mount'],
  ['dst=/b,src', 'invalid-mount'],
  ['dst=', 'invalid-mount'],
  ['type=bind,src=/a,dst=/b,volume-nocopy', 'invalid-mount'],
  ['type=tmpfs,dst=/b,bind-propagation=shared', 'invalid-mount'],
  ['type=bind,src=/a,dst=/b,bind-propagation=sideways', 'invalid-mount'],
  ['type=bind,src=/a,dst=/b,bind-recursive=readonly', 'invalid-mount'],
  ['type=bind,src=/a,dst=/b,bind-recursive=writable', 'invalid-mount'],
  ['type=tmpfs,dst=/t,tmpfs-mode=999', 'invalid-mount'],
  ['type=tmpfs,dst=/t,tmpfs-size=big', 'invalid-size'],
  ['dst=/b,readonly=perhaps', 'invalid-truth-value'],
  ['dst=/b,"x', 'invalid-csv'],
] as const) {
  test(`--mount "${text}" fails with ${code}`, () => throwsCode(code, () => parseMount(text, '/')))
}

test('the order of the fields does not matter', () => {
  const fields = ['type=bind', 'source=/a', 'target=/b', 'readonly', 'bind-propagation=rslave']
  const expected = parseMount(fields.join(','), '/')
  fc.assert(
    fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) =>
      assert.deepEqual(parseMount(shuffled.join(','), '/'), expected),
    ),
  )
})
