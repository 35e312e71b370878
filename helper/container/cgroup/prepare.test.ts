import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { CgroupHost } from './host.ts'
import { keeperJoin } from './keepers.ts'
import { prepareCgroups } from './prepare.ts'

function tree(context: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'cgroup-'))
  context.after(() => rmSync(root, { recursive: true }))
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(root, file, '..'), { recursive: true })
    writeFileSync(join(root, file), content)
  }
  return root
}

test('v2 controllers are enabled down to the parent', (context) => {
  const root = tree(context, {
    'cgroup.controllers': 'cpu hugetlb memory\n',
    'cgroup.subtree_control': 'memory\n',
    'pocker/cgroup.controllers': 'cpu memory\n',
    'pocker/cgroup.subtree_control': 'cpu memory\n',
    'pocker/memory.max': 'max\n',
    'pocker/cpu.max': 'max 100000\n',
    'pocker/pids.max': 'max\n',
  })
  const host: CgroupHost = { mode: 'v2', mounts: new Map(), unified: root, unifiedControllers: ['cpu', 'hugetlb', 'memory'] }

  const features = prepareCgroups(host, '/pocker')

  assert.equal(readFileSync(`${root}/cgroup.subtree_control`, 'utf8'), '+cpu')
  assert.equal(readFileSync(`${root}/pocker/cgroup.subtree_control`, 'utf8'), 'cpu memory\n')
  assert.deepEqual([features.memory, features.cpuQuota, features.pids, features.swap], [true, true, false, false])
})

test('a v1 host without the devices controller is refused', (context) => {
  const host: CgroupHost = { mode: 'v1', mounts: new Map([['memory', tree(context, {})]]), unifiedControllers: [] }

  assert.throws(() => prepareCgroups(host, '/pocker'), { code: 'cgroup-unavailable' })
})

test('a hierarchy that is not there is refused', () => {
  const host: CgroupHost = { mode: 'v2', mounts: new Map(), unified: '/nonexistent', unifiedControllers: [] }

  assert.throws(() => prepareCgroups(host, '/pocker'), { code: 'cgroup-unavailable', kind: 'Unavailable' })
})

test('a keeper leaves the groups that a service manager sweeps', () => {
  const hybrid: CgroupHost = {
    mode: 'hybrid',
    mounts: new Map([
      ['name=systemd', '/s'],
      ['cpu', '/c'],
    ]),
    unified: '/u',
    unifiedControllers: [],
  }

  assert.deepEqual(keeperJoin(hybrid, '/pocker', '2:cpu:/x\n1:name=systemd:/system.slice/a.service\n0::/system.slice/a.service\n'), [
    '/s/pocker/keepers/cgroup.procs',
    '/u/pocker/keepers/cgroup.procs',
  ])
  assert.deepEqual(keeperJoin(hybrid, '/pocker', '1:name=systemd:/\n0::/\n'), [])
})
