import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fakeClient } from '../testing/fake-client.ts'
import { type ChangeKind, type ChangeNode, changeTree, type FileDifference, readChanges } from './changes.ts'

const change = (path: string, kind: ChangeKind = 'modified'): FileDifference => ({ path, kind })

/** `name kind [children]` */
function shown(nodes: readonly ChangeNode[]): unknown[] {
  return nodes.map(({ name, kind, children }) =>
    children.length === 0 ? `${name} ${kind}` : { [`${name} ${kind ?? '-'}`]: shown(children) },
  )
}

test('an engine’s list becomes a tree: folders first, and those that only lead on in one row', () => {
  const { nodes, count } = changeTree([
    change('/'),
    change('/etc'),
    change('/etc/nginx'),
    change('/etc/nginx/nginx.conf'),
    change('/etc/nginx/old.conf', 'deleted'),
    change('/b.txt', 'added'),
    change('/var'),
    change('/var/log', 'added'),
    change('/var/log/a', 'added'),
    change('/empty', 'added'),
  ])
  assert.deepEqual(shown(nodes), [
    { 'etc/nginx -': ['nginx.conf modified', 'old.conf deleted'] },
    { 'var/log added': ['a added'] },
    'b.txt added',
    'empty added',
  ])
  assert.equal(count, 5)
})

test('a folder of which only itself has changed is a change', () => {
  const { nodes, count } = changeTree([change('/etc'), change('/etc/x')])
  assert.deepEqual(shown(nodes), [{ 'etc -': ['x modified'] }])
  assert.equal(count, 1)
  assert.equal(changeTree([change('/etc')]).count, 1)
})

test('engines that leave out the folders are understood all the same', () => {
  assert.deepEqual(shown(changeTree([change('/a/b/c', 'added')]).nodes), [{ 'a/b -': ['c added'] }])
})

const name = fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', ' '), fc.stringMatching(/^[^./\0]{1,3}$/))
const differences = fc.array(
  fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
    kind: fc.constantFrom<ChangeKind>('added', 'modified', 'deleted'),
  }),
)

test('every change is found in the tree once, and the count is that of its leaves', () => {
  fc.assert(
    fc.property(differences, (list) => {
      const { nodes, count } = changeTree(list)
      const paths: string[] = []
      let leaves = 0
      const visit = (node: ChangeNode) => {
        paths.push(node.path)
        if (node.children.length === 0) leaves++
        for (const child of node.children) visit(child)
      }
      for (const node of nodes) visit(node)
      assert.equal(new Set(paths).size, paths.length)
      assert.equal(leaves, count)
      const wanted = new Set(list.filter(({ kind }) => kind !== 'modified').map(({ path }) => path))
      for (const path of wanted) if (list.findLast((each) => each.path === path)?.kind !== 'modified') assert.ok(paths.includes(path), path)
    }),
  )
})

test('what an engine says beyond what is known is left out, and nothing is no list', async () => {
  const answers = {
    'GET /containers/c/changes': [
      [
        { Path: '/a', Kind: 1 },
        { Path: '/b', Kind: 9 },
        { Path: 'c/../d/', Kind: 2 },
      ],
      null,
    ],
  }
  const client = fakeClient(answers)
  assert.deepEqual(await readChanges(client, 'c'), [change('/a', 'added'), change('/d', 'deleted')])
  assert.deepEqual(await readChanges(client, 'c'), [])
})
