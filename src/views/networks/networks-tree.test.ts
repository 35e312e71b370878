import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Hosts } from '../../hosts/hosts.ts'
import { networkLists } from '../../model/network-lists.ts'
import { type ChangingHost, changingHost, containerOf } from '../../testing/changing-host.ts'
import { fakeClient } from '../../testing/fake-client.ts'
import { contextValue } from '../item-look.ts'
import { networksTree } from './networks-tree.ts'

const LIST = [
  { Id: '1', Name: 'bridge', Driver: 'bridge', IPAM: { Config: [{ Subnet: '172.17.0.0/16' }] } },
  { Id: '2', Name: 'host', Driver: 'host', IPAM: { Config: null } },
  { Id: '3', Name: 'none', Driver: 'null' },
  { Id: '4', Name: 'shop10', Driver: 'bridge', Internal: true, IPAM: { Config: [{ Subnet: '10.6.0.0/24' }, { Subnet: 'fd00::/64' }] } },
  {
    Id: '5',
    Name: 'shop2',
    Driver: 'macvlan',
    Labels: { 'com.docker.compose.project': 'shop' },
    IPAM: { Config: [{ Subnet: '10.5.0.0/24' }] },
  },
  { Id: '6', Name: 'evil\u202e[x](command:y)', Driver: 'bridge' },
  { Name: 'without an ID' },
]
const joined = (name: string, ...addresses: string[]) => ({ networks: [{ name, addresses }] })

function treeOf(t: TestContext, host: ChangingHost) {
  const hosts = new Hosts(() => [host])
  const lists = networkLists()
  hosts.open()
  const tree = networksTree({ hosts, lists })
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

const client = () => fakeClient({ 'GET /networks': [LIST] })

test('a row says its subnet and who is in it; the engine’s own are last', async (t) => {
  const containers = [
    ...['web', 'db', 'old'].map((id) => containerOf({ id, ...joined('shop2') })),
    containerOf({ id: 'h', ...joined('host'), networkMode: 'host' }),
  ]
  const host = changingHost({ client: client(), containers })
  const { tree, lists } = treeOf(t, host)
  await lists.read(host)
  const lines = tree.roots().map((node) => {
    const look = tree.look(node)
    return [look.icon?.name, look.label, look.description, contextValue(look), look.fold].join(' | ')
  })
  assert.deepEqual(lines, [
    'type-hierarchy | evil�[x](command:y) | bridge · unused | ;network;unused;own;joinable;local;ready;pocker; | ',
    'type-hierarchy | shop2 | 10.5.0.0/24 · macvlan · in use by web, db and 1 more | ;network;used;own;joinable;local;ready;pocker; | folded',
    'lock | shop10 | 10.6.0.0/24, fd00::/64 · internal · unused | ;network;unused;own;joinable;local;ready;pocker; | ',
    'type-hierarchy | bridge | 172.17.0.0/16 | ;network;unused;predefined;joinable;local;ready;pocker; | ',
    'vm | host | the machine’s own, not separated · in use by h | ;network;used;predefined;local;ready;pocker; | folded',
    'lock | none | no network but itself | ;network;unused;predefined;local;ready;pocker; | ',
  ])
  const project = tree.roots().find((node) => tree.look(node).label === 'shop2')
  assert.ok(project)
  assert.match((await tree.tooltip(project)) ?? '', /Project: shop/)
})

test('below a network are its containers with their addresses, and what a command needs', async (t) => {
  const containers = [
    containerOf({ id: 'web', ...joined('shop2', '10.5.0.2', 'fd00::2') }),
    containerOf({ id: 'old', status: 'exited', exitCode: 0, ...joined('shop2') }),
    containerOf({ id: 'h', ...joined('host') }),
  ]
  const host = changingHost({ client: client(), containers })
  const { tree, lists } = treeOf(t, host)
  await lists.read(host)
  const below = async (label: string) => {
    const node = tree.roots().find((root) => tree.look(root).label === label)
    assert.ok(node)
    return await tree.children(node)
  }
  const members = await below('shop2')
  assert.deepEqual(
    members.map((row) => `${tree.look(row).label} | ${tree.look(row).description} | ${contextValue(tree.look(row))}`),
    ['web | 10.5.0.2, fd00::2 | ;member;leaves;ready;pocker;', 'old | exited 0 | ;member;leaves;ready;pocker;'],
  )
  const [web] = members
  assert.ok(web !== undefined && 'containerId' in web && 'networkId' in web)
  assert.deepEqual([web.containerId, web.networkId, 'host' in web && web.host === host], ['web', '5', true])
  const [alone] = await below('host')
  assert.ok(alone)
  assert.equal(contextValue(tree.look(alone)), ';member;ready;pocker;')
})

test('the tooltip escapes what the engine says', async (t) => {
  const host = changingHost({ client: client() })
  const { tree, lists } = treeOf(t, host)
  await lists.read(host)
  const [evil] = tree.roots()
  assert.ok(evil)
  const text = await tree.tooltip(evil)
  assert.ok(text?.includes('evil') === true && !/[^\\]\[x\]\(/.test(text), text)
})

test('a container that is connected draws the rows anew, by the same objects', async (t) => {
  const host = changingHost({ client: client(), containers: [containerOf({ id: 'web' })] })
  const { tree, lists, redrawn } = treeOf(t, host)
  await lists.read(host)
  await redrawn()
  const before = tree.roots()[1]
  host.put(containerOf({ id: 'web', ...joined('shop2', '10.5.0.2') }))
  const drawn = await redrawn()
  assert.ok(drawn !== 'all' && drawn.includes('thing local/5'))
  const after = tree.roots()[1]
  assert.ok(before !== undefined && before === after)
  assert.match(tree.look(after).description ?? '', /in use by web/)
})
