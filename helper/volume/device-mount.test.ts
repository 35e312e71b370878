import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linux } from '../linux/constants.ts'
import { parseDeviceMount } from './device-mount.ts'

test('options as Docker takes them', () => {
  assert.equal(parseDeviceMount({}), undefined)
  assert.deepEqual(parseDeviceMount({ type: 'none', o: 'bind,ro', device: '/srv/data' }), {
    type: 'none',
    device: '/srv/data',
    flags: linux.MS_BIND | linux.MS_RDONLY,
    data: '',
  })
  assert.deepEqual(parseDeviceMount({ type: 'tmpfs', o: 'size=1m,nodev,rw', device: 'tmpfs' }), {
    type: 'tmpfs',
    device: 'tmpfs',
    flags: linux.MS_NODEV,
    data: 'size=1m',
  })
  assert.equal(parseDeviceMount({ type: 'nfs', o: 'addr=10.0.0.1,rw,nfsvers=4', device: ':/export' })?.data, 'addr=10.0.0.1,nfsvers=4')
})

test('what cannot be is refused', () => {
  const refused = (options: Record<string, string>, code = 'bad-volume-option') =>
    assert.throws(() => parseDeviceMount(options), { code }, JSON.stringify(options))
  refused({ colour: 'red' })
  refused({ type: 'tmpfs' })
  refused({ o: 'bind' })
  refused({ device: '/srv' })
  refused({ type: 'none', o: 'bind', device: 'relative' })
  refused({ type: 'none', o: 'bind,rshared', device: '/srv' })
  refused({ type: 'none', o: 'remount,bind', device: '/srv' })
  refused({ type: '../x', device: 'x' })
  refused({ size: '1g' }, 'volume-size-not-available')
})
