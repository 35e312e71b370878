import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hierarchiesOf, readCgroupHost } from './host.ts'

const line = (mountpoint: string, type: string, options: string) =>
  `31 23 0:28 / ${mountpoint} rw,relatime shared:9 - ${type} ${type} ${options}`
const none = () => {
  throw new Error('there is no v2 hierarchy to read')
}

test('a v1 host maps each controller to its hierarchy', () => {
  const mountinfo = [
    line('/sys/fs/cgroup', 'tmpfs', 'rw,mode=755'),
    line('/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct'),
    line('/sys/fs/cgroup/systemd', 'cgroup', 'rw,xattr,release_agent=/lib/systemd/systemd-cgroups-agent,name=systemd'),
    line('/srv/my\\040chroot/cpu', 'cgroup', 'rw,cpu,cpuacct'),
    line('/odd\\040place', 'cgroup', 'rw,seclabel,memory'),
  ].join('\n')

  const host = readCgroupHost({ mountinfo, readControllers: none })

  assert.deepEqual(host, {
    mode: 'v1',
    mounts: new Map([
      ['cpu', '/sys/fs/cgroup/cpu,cpuacct'],
      ['cpuacct', '/sys/fs/cgroup/cpu,cpuacct'],
      ['name=systemd', '/sys/fs/cgroup/systemd'],
      ['memory', '/odd place'],
    ]),
    unifiedControllers: [],
  })
  assert.deepEqual(hierarchiesOf(host, ['memory', 'cpuacct', 'cpu', 'pids']), [
    { mountpoint: '/odd place', controllers: ['memory'] },
    { mountpoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
  ])
})

test('a v2 host may carry a v1 hierarchy without controllers', () => {
  const mountinfo = `${line('/sys/fs/cgroup', 'cgroup2', 'rw,nsdelegate')}\n${line('/run/old', 'cgroup', 'rw,name=systemd')}\n`

  const host = readCgroupHost({ mountinfo, readControllers: (mountpoint) => (mountpoint === '/sys/fs/cgroup' ? 'cpu io memory\n' : '') })

  assert.equal(host.mode, 'v2')
  assert.equal(host.unified, '/sys/fs/cgroup')
  assert.deepEqual(host.unifiedControllers, ['cpu', 'io', 'memory'])
})

test('a host with both is hybrid', () => {
  const mountinfo = `${line('/sys/fs/cgroup/pids', 'cgroup', 'rw,pids')}\n${line('/sys/fs/cgroup/unified', 'cgroup2', 'rw')}`

  assert.equal(readCgroupHost({ mountinfo, readControllers: () => '\n' }).mode, 'hybrid')
})

test('a host without control groups is unavailable', () => {
  assert.throws(() => readCgroupHost({ mountinfo: line('/proc', 'proc', 'rw'), readControllers: none }), { code: 'cgroup-unavailable' })
})

test('any mount table gives a host or a PockerError', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('-', ' - cgroup x rw,cpu', ' - cgroup2 x rw', '/a/b', '1:2', '\n'))
  fc.assert(
    fc.property(fc.array(word), (words) => {
      try {
        readCgroupHost({ mountinfo: words.join(' '), readControllers: () => '' })
      } catch (error) {
        assert.equal(Object(error).code, 'cgroup-unavailable')
      }
    }),
  )
})
