/** How long the view "Containers" takes for a thousand rows, without an editor: from an engine's answer to all that is shown of it. */
import { Hosts } from '../../src/hosts/hosts.ts'
import { containerRow, summariesSchema } from '../../src/model/container-row.ts'
import { type ChangingHost, changingHost } from '../../src/testing/changing-host.ts'
import { ContainersTree } from '../../src/views/containers/containers-tree.ts'
import type { ContainersNode } from '../../src/views/containers/nodes.ts'
import { contextValue } from '../../src/views/item-look.ts'
import { printTable, Samples } from './samples.ts'

const ROWS = 1000
const ROUNDS = 30

export interface ViewFigures {
  readonly all: Samples
  readonly one: Samples
  /** Drawn anew by one event. */
  readonly rowsOfOne: number
}

/** Measures both ways of a refresh: everything, and one container. */
export async function measureViews(): Promise<ViewFigures> {
  const answer = JSON.stringify(Array.from({ length: ROWS }, (_, index) => summary(index)))
  const host = changingHost()
  const hosts = new Hosts(() => [host])
  hosts.open()
  const options = { groupBy: 'compose', groupLabel: '', sortBy: 'name', filter: '', hideStopped: false } as const
  const tree = new ContainersTree({ hosts, options: () => options, sources: [] })
  const all = new Samples(`refresh of ${ROWS} rows, from the engine's JSON to every row`)
  const one = new Samples('one event, from the engine’s JSON to the row')
  let rowsOfOne = 0
  try {
    for (let round = 0; round < ROUNDS; round++) {
      all.add(await refreshAll(tree, host, answer))
      const { took, rows } = await refreshOne(tree, host, round)
      one.add(took)
      rowsOfOne = Math.max(rowsOfOne, rows)
    }
  } finally {
    tree.dispose()
    hosts.dispose()
  }
  return { all, one, rowsOfOne }
}

async function refreshAll(tree: ContainersTree, host: ChangingHost, answer: string): Promise<number> {
  const redrawn = nextRedraw(tree)
  const began = performance.now()
  host.setContainers(summariesSchema.parse(JSON.parse(answer)).map(containerRow))
  const read = performance.now() - began
  // What is between is the moment in which changes are gathered.
  await redrawn
  const drawing = performance.now()
  const rows = await draw(tree, tree.roots())
  if (rows < ROWS) throw new Error(`draw the view: ${rows} rows of ${ROWS}`)
  return read + performance.now() - drawing
}

async function refreshOne(tree: ContainersTree, host: ChangingHost, round: number): Promise<{ took: number; rows: number }> {
  const redrawn = nextRedraw(tree)
  const status = round % 2 === 0 ? 'Up 2 hours (unhealthy)' : 'Up 2 hours (healthy)'
  const answer = JSON.stringify([{ ...summary(7), Status: status }])
  const began = performance.now()
  for (const entry of summariesSchema.parse(JSON.parse(answer))) host.put(containerRow(entry))
  const read = performance.now() - began
  const nodes = await redrawn
  const drawing = performance.now()
  const rows = await draw(tree, nodes ?? tree.roots())
  return { took: read + performance.now() - drawing, rows }
}

function nextRedraw(tree: ContainersTree): Promise<readonly ContainersNode[] | undefined> {
  return new Promise((resolve) => {
    const listening = tree.onDidRedraw((nodes) => {
      listening.dispose()
      resolve(nodes)
    })
  })
}

async function draw(tree: ContainersTree, nodes: readonly ContainersNode[]): Promise<number> {
  let rows = 0
  for (const node of nodes) {
    const look = tree.look(node)
    // What an editor is sent of each.
    if (tree.idOf(node).length + contextValue(look).length === 0) throw new Error('draw a row: it says nothing')
    rows++
    if (look.fold !== undefined) rows += await draw(tree, await tree.children(node))
  }
  return rows
}

/** As Docker lists it; one in ten belongs to a project, one in three has ended. */
function summary(index: number): Record<string, unknown> {
  const ended = index % 3 === 2
  return {
    Id: index.toString(16).padStart(64, '0'),
    Names: [`/service-${index}`],
    Image: 'registry.example/team/service:1.2.3',
    ImageID: `sha256:${'1'.repeat(64)}`,
    Command: '/usr/bin/service --listen 0.0.0.0:8080 --verbose',
    Created: 1_700_000_000 + index,
    State: ended ? 'exited' : 'running',
    Status: ended ? `Exited (${index % 4}) 2 hours ago` : 'Up 2 hours (healthy)',
    Ports: [{ IP: '127.0.0.1', PrivatePort: 8080, PublicPort: 20_000 + index, Type: 'tcp' }],
    Labels: {
      'org.opencontainers.image.version': '1.2.3',
      ...(index % 10 === 0 ? { 'com.docker.compose.project': `project-${index % 70}`, 'com.docker.compose.service': 'web' } : {}),
    },
    Mounts: [{ Type: 'bind', Source: `/srv/${index}`, Destination: '/data', RW: true }],
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Networks: { bridge: {} } },
  }
}

if (import.meta.main) {
  const { all, one, rowsOfOne } = await measureViews()
  printTable('the view of 1,000 containers (ms)', [all, one])
  console.log(`rows drawn anew by one event: ${rowsOfOne}`)
}
