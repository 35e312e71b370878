import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { containerRefsOf } from '../../commands/refs.ts'
import { Emitter } from '../../events/emitter.ts'
import { Hosts } from '../../hosts/hosts.ts'
import { type ChangingHost, changingHost, containerOf } from '../../testing/changing-host.ts'
import type { ChildRow, ContainerChildren } from '../child-rows.ts'
import { ContainersTree } from './containers-tree.ts'
import { type ContainersNode, isChildRow } from './nodes.ts'
import type { ContainersOptions } from './options.ts'

const project = (name: string) => ({ 'com.docker.compose.project': name })
const web = containerOf({ id: '1', name: 'web', labels: project('shop') })
const db = containerOf({ id: '2', name: 'db', labels: project('shop') })
const job = containerOf({ id: '3', name: 'job' })

interface Setting {
  readonly hosts: readonly ChangingHost[]
  readonly options?: Partial<ContainersOptions>
  readonly sources?: readonly ContainerChildren[]
}

function treeOf(t: TestContext, { hosts: list, options = {}, sources = [] }: Setting) {
  const hosts = new Hosts(() => list)
  hosts.open()
  const all: ContainersOptions = { groupBy: 'compose', groupLabel: '', sortBy: 'name', filter: '', hideStopped: false, ...options }
  const tree = new ContainersTree({ hosts, options: () => all, sources })
  t.after(() => {
    tree.dispose()
    hosts.dispose()
  })
  /** What is drawn anew by the next change: the rows' ids, or `all`. */
  const redrawn = () =>
    new Promise<string | readonly string[]>((resolve) => {
      const listening = tree.onDidRedraw((nodes) => {
        listening.dispose()
        resolve(nodes === undefined ? 'all' : nodes.map((node) => tree.idOf(node)))
      })
    })
  return { tree, hosts, redrawn }
}

/** All rows, each with its level and description. */
async function draw(tree: ContainersTree, nodes: readonly ContainersNode[] = tree.roots(), level = ''): Promise<readonly string[]> {
  const lines: string[] = []
  for (const node of nodes) {
    const { label, description, fold } = tree.look(node)
    lines.push(`${level}${label}${description === undefined ? '' : ` (${description})`}`)
    if (fold !== undefined) lines.push(...(await draw(tree, await tree.children(node), `${level}  `)))
  }
  return lines
}

test('one host has no row; two have', async (t) => {
  const first = changingHost({ containers: [web, db, job] })
  const { tree, hosts, redrawn } = treeOf(t, { hosts: [first] })
  assert.deepEqual(await draw(tree), [
    'shop (2 of 2 running)',
    '  db (nginx:1.27 · 2 h)',
    '  web (nginx:1.27 · 2 h)',
    'job (nginx:1.27 · 2 h)',
  ])
  const change = redrawn()
  hosts.add(changingHost({ id: 'docker', label: 'Docker', containers: [] }))
  assert.equal(await change, 'all')
  assert.deepEqual(await draw(tree), [
    'this machine (3 running)',
    '  shop (2 of 2 running)',
    '    db (nginx:1.27 · 2 h)',
    '    web (nginx:1.27 · 2 h)',
    '  job (nginx:1.27 · 2 h)',
    'Docker (nothing runs)',
  ])
})

test('a host that is lost keeps its rows, and one that nobody knows anything of has none', async (t) => {
  const lost = changingHost({ containers: [job] })
  const never = changingHost({ id: 'vm', label: 'old-vm', kind: 'ssh', state: { kind: 'unreachable', reason: 'x', retryAt: 0 } })
  const { tree, hosts } = treeOf(t, { hosts: [lost, never] })
  lost.setState({ kind: 'unreachable', reason: 'x', retryAt: 0 })
  assert.deepEqual(await draw(tree), ['job (nginx:1.27 · 2 h)'])
  hosts.add(changingHost({ id: 'docker', label: 'Docker' }))
  assert.deepEqual(await draw(tree), [
    'this machine (unreachable, trying again)',
    '  job (nginx:1.27 · 2 h)',
    'Docker (nothing runs)',
    'old-vm (ssh · unreachable, trying again)',
  ])
})

test('a helper that has ended leaves its rows, for its containers go on', async (t) => {
  const ended = changingHost({ containers: [job] })
  const { tree } = treeOf(t, { hosts: [ended] })
  ended.setState({ kind: 'stopped' })
  assert.deepEqual(await draw(tree), ['job (nginx:1.27 · 2 h)'])
  const never = treeOf(t, { hosts: [changingHost({ state: { kind: 'stopped' } })] })
  assert.deepEqual(await draw(never.tree), [])
})

test('an event of one container draws its row alone', async (t) => {
  const host = changingHost({ containers: [web, db, job] })
  const { tree, redrawn } = treeOf(t, { hosts: [host] })
  await draw(tree)
  const alone = redrawn()
  host.put({ ...job, health: 'unhealthy' })
  assert.deepEqual(await alone, ['container local/3'])
  const inGroup = redrawn()
  host.put({ ...web, health: 'unhealthy' })
  assert.deepEqual(await inGroup, ['container local/shop/1'])
})

test('a row is the same object as long as it is there', async (t) => {
  const host = changingHost({ containers: [job] })
  const { tree } = treeOf(t, { hosts: [host] })
  const [before] = tree.roots()
  const change = new Promise<readonly ContainersNode[] | undefined>((resolve) => tree.onDidRedraw(resolve))
  host.put({ ...job, health: 'unhealthy' })
  const [drawn] = (await change) ?? []
  assert.equal(drawn, before)
})

test('a group that counts anew is drawn, and all is drawn where rows come, go or move between groups', async (t) => {
  const host = changingHost({ containers: [web, db, job] })
  const { tree, redrawn } = treeOf(t, { hosts: [host] })
  await draw(tree)
  const stopped = redrawn()
  host.put({ ...web, status: 'exited', exitCode: 0 })
  assert.deepEqual(await stopped, ['group local/shop'])
  const more = redrawn()
  host.put(containerOf({ id: '4', labels: project('shop') }))
  assert.deepEqual(await more, ['group local/shop'])
  const fresh = redrawn()
  host.put(containerOf({ id: '5' }))
  assert.equal(await fresh, 'all')
})

test('with two hosts, what happens on one draws nothing of the other', async (t) => {
  const first = changingHost({ containers: [job] })
  const second = changingHost({ id: 'docker', containers: [web] })
  const { tree, redrawn } = treeOf(t, { hosts: [first, second] })
  await draw(tree)
  const change = redrawn()
  first.put(containerOf({ id: '4' }))
  assert.deepEqual(await change, ['host local'])
})

test('changes that come together are drawn together', async (t) => {
  const host = changingHost({ containers: [web, db, job] })
  const { tree, redrawn } = treeOf(t, { hosts: [host] })
  await draw(tree)
  const change = redrawn()
  for (const health of ['starting', 'healthy', 'unhealthy'] as const) for (const row of [web, job]) host.put({ ...row, health })
  assert.deepEqual(await change, ['container local/3', 'container local/shop/1'])
})

test('moving between groups draws all: no row may be at two places', async (t) => {
  const host = changingHost({ containers: [web, db, job] })
  const { tree, redrawn } = treeOf(t, { hosts: [host], options: { groupBy: 'status' } })
  host.put({ ...db, status: 'exited' })
  assert.deepEqual(await redrawn(), 'all')
  await draw(tree)
  const change = redrawn()
  host.put({ ...web, status: 'exited' })
  assert.equal(await change, 'all')
})

test('what is done to a group is done to its containers', (t) => {
  const host = changingHost({ containers: [web, db, job] })
  const { tree } = treeOf(t, { hosts: [host] })
  const [group] = tree.roots()
  assert.deepEqual(
    containerRefsOf(group).map(({ containerId }) => containerId),
    ['2', '1'],
  )
})

test('rows of other parts are below a container; one that fails says why and keeps nobody waiting', async (t) => {
  const changed = new Emitter<ChildRow>()
  const look = (id: string) => ({ id, label: id, flags: [], fold: 'folded' as const })
  const files: ChildRow = { look: look('Files'), children: async () => [{ look: { id: 'etc', label: 'etc', flags: [] } }] }
  const sources: ContainerChildren[] = [
    { rows: () => [files], onDidChange: changed.event },
    { rows: () => Promise.reject(new Error('it is gone')) },
  ]
  const host = changingHost({ containers: [job] })
  const { tree, redrawn } = treeOf(t, { hosts: [host], sources })
  assert.deepEqual(await draw(tree), ['job (nginx:1.27 · 2 h)', '  Files', '    etc', '  It is gone.'])
  const [container] = tree.roots()
  assert.ok(container !== undefined)
  const [row] = await tree.children(container)
  assert.ok(row !== undefined && isChildRow(row))
  assert.equal(tree.idOf(row), 'container local/3/Files')
  assert.equal(tree.parent(row), container)
  const change = redrawn()
  changed.fire(files)
  assert.deepEqual(await change, ['container local/3/Files'])
})
