import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Hosts } from '../../hosts/hosts.ts'
import { ActivePulls } from '../../run/active-pulls.ts'
import { type ChangingHost, changingHost, containerOf, imageOf } from '../../testing/changing-host.ts'
import { contextValue } from '../item-look.ts'
import { ImagesTree } from './images-tree.ts'
import type { ImagesNode } from './nodes.ts'

const own = imageOf({ id: 'sha256:0', tags: ['host:latest'] })
const nginx = imageOf({ id: 'sha256:1', tags: ['nginx:1.27', 'mine:1'], size: 72e6 })
const nameless = [1, 2, 3].map((number) => imageOf({ id: `sha256:a${number}${'0'.repeat(62)}`, size: number * 1e8 }))

function treeOf(t: TestContext, host: ChangingHost) {
  const hosts = new Hosts(() => [host])
  const pulls = new ActivePulls()
  hosts.open()
  const tree = new ImagesTree({ hosts, pulls, sources: [] })
  t.after(() => {
    tree.dispose()
    hosts.dispose()
  })
  const redrawn = () =>
    new Promise<string | readonly string[]>((resolve) => {
      const listening = tree.onDidRedraw((nodes) => {
        listening.dispose()
        resolve(nodes === undefined ? 'all' : nodes.map((node) => tree.idOf(node)))
      })
    })
  return { tree, hosts, pulls, redrawn }
}

/** All rows, each as one line: what is seen, what menus ask for and what is said. */
async function draw(tree: ImagesTree, nodes: readonly ImagesNode[] = tree.roots(), level = ''): Promise<readonly string[]> {
  const lines: string[] = []
  for (const node of nodes) {
    const look = tree.look(node)
    lines.push(`${level}${[look.icon?.name, look.label, look.description, contextValue(look), look.spoken].join(' | ')}`)
    if (look.fold !== undefined) lines.push(...(await draw(tree, await tree.children(node), `${level}  `)))
  }
  return lines
}

test('the machine’s own image is first, names follow, and what has none is one row', async (t) => {
  const host = changingHost({
    images: [...nameless, nginx, own],
    containers: [containerOf({ id: 'a', imageId: nginx.id }), containerOf({ id: 'b', imageId: nginx.id })],
  })
  const { tree } = treeOf(t, host)
  assert.deepEqual(await draw(tree), [
    'device-desktop | host | this machine’s /usr · ready offline | ;image;own;named;unused;local;ready;pocker; | image host, this machine’s /usr, ready offline',
    'package | mine:1 | 72 MB · used by 2 | ;image;foreign;named;used;local;ready;pocker; | image mine:1, 72 MB, used by 2',
    'package | nginx:1.27 | 72 MB · used by 2 | ;image;foreign;named;used;local;ready;pocker; | image nginx:1.27, 72 MB, used by 2',
    'archive | <none> | 3 dangling · 600 MB | ;dangling;ready; | images without a name: 3, together 600 MB',
    '  package | a10000000000 | 100 MB | ;image;foreign;nameless;unused;local;ready;pocker; | image a10000000000, 100 MB',
    '  package | a20000000000 | 200 MB | ;image;foreign;nameless;unused;local;ready;pocker; | image a20000000000, 200 MB',
    '  package | a30000000000 | 300 MB | ;image;foreign;nameless;unused;local;ready;pocker; | image a30000000000, 300 MB',
  ])
})

test('an image of another engine that is called host is one like others', async (t) => {
  const host = changingHost({
    images: [own],
    state: { kind: 'ready', engine: { name: 'Docker', version: '1', apiVersion: '1.41', isPocker: false } },
  })
  const { tree } = treeOf(t, host)
  assert.deepEqual(await draw(tree), ['package | host:latest | 0 B | ;image;foreign;named;unused;local;ready; | image host:latest, 0 B'])
})

test('a pull is a row that shows how far it is, drawn alone', async (t) => {
  const { tree, pulls, redrawn } = treeOf(t, changingHost())
  const begun = redrawn()
  const pull = pulls.begin('pulling redis:7', () => {})
  assert.equal(await begun, 'all')
  assert.deepEqual(await draw(tree), ['cloud-download | pulling redis:7 … |  | ;pull; | pulling redis:7 …'])
  const reported = redrawn()
  pull.report('18 of 45 MB', 40)
  assert.deepEqual(await reported, ['pull 1'])
  assert.deepEqual(await draw(tree), ['cloud-download | pulling redis:7 … | ▓▓░░░ 18 of 45 MB | ;pull; | pulling redis:7 …, 18 of 45 MB'])
  const ended = redrawn()
  pull.end()
  assert.equal(await ended, 'all')
  assert.deepEqual(await draw(tree), [])
})

test('a container that comes or goes draws the rows of its image; one that only starts draws none', async (t) => {
  const host = changingHost({ images: [nginx, own], containers: [containerOf({ id: 'a', imageId: nginx.id })] })
  const { tree, redrawn } = treeOf(t, host)
  await draw(tree)
  const added = redrawn()
  host.put(containerOf({ id: 'a', imageId: nginx.id, status: 'paused' }))
  host.put(containerOf({ id: 'b', imageId: own.id }))
  assert.deepEqual(await added, ['image local/sha256:0/host:latest'])
  const removed = redrawn()
  host.remove('a')
  assert.deepEqual(await removed, ['image local/sha256:1/nginx:1.27', 'image local/sha256:1/mine:1'])
})

test('names that only look like something stay inert', async (t) => {
  const host = changingHost({ images: [imageOf({ id: 'sha256:2', tags: ['$(trash)\u202e;own;'], size: 1 })] })
  const { tree } = treeOf(t, host)
  assert.deepEqual(await draw(tree), [
    'package | $\u200c(trash)\ufffd;own; | 1 B | ;image;foreign;named;unused;local;ready;pocker; | image $\u200c(trash)\ufffd;own;, 1 B',
  ])
})
