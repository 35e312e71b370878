import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Hosts } from '../../hosts/hosts.ts'
import { VolumeLists } from '../../model/volume-lists.ts'
import { type ChangingHost, changingHost, containerOf } from '../../testing/changing-host.ts'
import { fakeClient } from '../../testing/fake-client.ts'
import { contextValue } from '../item-look.ts'
import { volumesTree } from './volumes-tree.ts'

const ANONYMOUS = 'ab'.repeat(32)
const LIST = {
  Volumes: [
    { Name: 'data', Driver: 'local', Labels: { team: 'blue' }, Options: null },
    { Name: 'fast', Driver: 'local', Options: { type: 'tmpfs', device: 'tmpfs' } },
    { Name: 'share', Driver: 'local', Options: { type: 'nfs', device: ':/export' } },
    { Name: 'evil\u202e[x](command:y)', Driver: 'plugin' },
    { Name: ANONYMOUS, Driver: 'local', Labels: { 'com.docker.volume.anonymous': '' } },
  ],
}
const SIZES = { Volumes: [{ Name: 'data', UsageData: { Size: 72_000_000, RefCount: 3 } }] }
const mount = (source: string) => ({ type: 'volume', source, destination: '/data', isReadOnly: false })

function treeOf(t: TestContext, host: ChangingHost) {
  const hosts = new Hosts(() => [host])
  const lists = new VolumeLists()
  hosts.open()
  const tree = volumesTree({ hosts, lists, sources: [] })
  t.after(() => {
    tree.dispose()
    lists.dispose()
    hosts.dispose()
  })
  const redrawn = () =>
    new Promise<string | readonly string[]>((resolve) => {
      const listening = tree.onDidRedraw((nodes) => {
        listening.dispose()
        resolve(nodes === undefined ? 'all' : nodes.map((node) => tree.idOf(node)))
      })
    })
  return { tree, lists, redrawn }
}

const client = () => fakeClient({ 'GET /volumes': [LIST], 'GET /system/df': [SIZES] })

test('a row says how much is in it and who uses it; those without a name are last', async (t) => {
  const containers = ['web', 'db', 'old'].map((id) => containerOf({ id, mounts: [mount('data')] }))
  const host = changingHost({ client: client(), containers })
  const { tree, lists } = treeOf(t, host)
  assert.equal(tree.isKnown, false)
  await lists.read(host)
  while (lists.sizeOf(host, 'data') === undefined) await new Promise(setImmediate)
  const lines = tree.roots().map((node) => {
    const look = tree.look(node)
    return [look.icon?.name, look.label, look.description, contextValue(look), look.spoken].join(' | ')
  })
  assert.deepEqual(lines, [
    'database | data | 72 MB · in use by web, db and 1 more | ;volume;used;local;ready;pocker; | volume data, 72 MB, in use by web, db and 1 more',
    'database | evil�[x](command:y) | unused · plugin | ;volume;unused;local;ready;pocker; | volume evil�[x](command:y), unused, plugin',
    'database | fast | unused · in memory | ;volume;unused;local;ready;pocker; | volume fast, unused, in memory',
    'database | share | unused · :/export | ;volume;unused;local;ready;pocker; | volume share, unused, :/export',
    'database | abababababab | unused · without a name | ;volume;unused;local;ready;pocker; | volume abababababab, unused, without a name',
  ])
})

test('the tooltip escapes what the engine says', async (t) => {
  const host = changingHost({ client: client() })
  const { tree, lists } = treeOf(t, host)
  await lists.read(host)
  const [, evil] = tree.roots()
  assert.ok(evil)
  const text = await tree.tooltip(evil)
  assert.ok(text !== undefined && !/[^\\]\[x\]\(/.test(text), text)
})

test('a container that comes or goes draws the rows anew, by the same objects', async (t) => {
  const host = changingHost({ client: client() })
  const { tree, lists, redrawn } = treeOf(t, host)
  await lists.read(host)
  while (lists.sizeOf(host, 'data') === undefined) await new Promise(setImmediate)
  await redrawn()
  const [before] = tree.roots()
  host.put(containerOf({ id: 'web', mounts: [mount('data')] }))
  const drawn = await redrawn()
  assert.ok(drawn !== 'all' && drawn.includes('thing local/data'))
  const [after] = tree.roots()
  assert.ok(before !== undefined && before === after)
  assert.match(tree.look(after).description ?? '', /in use by web/)
})
