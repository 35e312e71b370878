import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerRow } from '../../model/rows.ts'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { contextValue } from '../item-look.ts'
import { containerLook } from './container-look.ts'
import { STATE_ICONS } from './state-look.ts'

const host = changingHost()

/** A row as one line: what is seen, what menus ask for and what is said. */
function line(entry: Partial<ContainerRow>): string {
  const look = containerLook(containerOf({ id: 'a', name: 'web', ...entry }), { host, namesHost: false, hasChildren: false })
  return [look.icon?.name, look.label, look.description, contextValue(look), look.spoken].join(' | ')
}

const ports = [{ container: 80, protocol: 'tcp', host: { address: '127.0.0.1', port: 8080 } }]
const exited = { status: 'exited', statusText: 'Exited (3) 2 hours ago' } as const

const golden: readonly (readonly [what: string, entry: Partial<ContainerRow>, line: string])[] = [
  [
    'running with a port',
    { ports },
    'circle-large-filled | web | nginx:1.27 · 8080→80 · 2 h | ;container;running;live;ports;local;ready;pocker; | web, running, image nginx:1.27, ports 8080 to 80',
  ],
  [
    'just started',
    { statusText: 'Up Less than a second' },
    'circle-large-filled | web | nginx:1.27 | ;container;running;live;local;ready;pocker; | web, running, image nginx:1.27',
  ],
  [
    'healthy',
    { health: 'healthy' },
    'pass-filled | web | nginx:1.27 · 2 h | ;container;running;live;healthy;local;ready;pocker; | web, running, healthy, image nginx:1.27',
  ],
  [
    'health starting',
    { health: 'starting', healthFailures: { count: 2, output: 'no' } },
    'color-mode | web | starting, 2 probes have failed · nginx:1.27 · 2 h | ;container;running;live;starting;local;ready;pocker; | web, running, health starting, no, image nginx:1.27',
  ],
  [
    'unhealthy',
    { health: 'unhealthy', healthFailures: { count: 3, output: 'refused' } },
    'warning | web | unhealthy: refused · nginx:1.27 · 2 h | ;container;running;live;unhealthy;local;ready;pocker; | web, running, unhealthy, refused, image nginx:1.27',
  ],
  [
    'paused',
    { status: 'paused' },
    'debug-pause | web | paused · nginx:1.27 · 2 h | ;container;paused;live;local;ready;pocker; | web, paused, image nginx:1.27',
  ],
  [
    'restarting',
    { status: 'restarting', exitCode: 1, statusText: 'Restarting (1) 5 seconds ago' },
    'debug-restart | web | restarting, last exited 1 · nginx:1.27 | ;container;restarting;live;local;ready;pocker; | web, restarting, last exited 1, image nginx:1.27',
  ],
  [
    'created',
    { status: 'created', statusText: 'Created' },
    'circle-large-outline | web | created · nginx:1.27 | ;container;created;still;local;ready;pocker; | web, created, never started, image nginx:1.27',
  ],
  [
    'exited 0',
    { ...exited, exitCode: 0 },
    'debug-stop | web | exited 0 · 2 h ago · nginx:1.27 | ;container;exited;still;local;ready;pocker; | web, exited 0, image nginx:1.27',
  ],
  [
    'exited 3',
    { ...exited, exitCode: 3 },
    'error | web | exited 3 · 2 h ago · nginx:1.27 | ;container;exited;still;local;ready;pocker; | web, exited 3, image nginx:1.27',
  ],
  [
    'stopped by a signal',
    { ...exited, exitCode: 143 },
    'stop-circle | web | exited 143 · 2 h ago · nginx:1.27 | ;container;exited;still;local;ready;pocker; | web, exited 143, ended by a signal, image nginx:1.27',
  ],
  [
    'out of memory',
    { ...exited, exitCode: 137, isOutOfMemory: true },
    'chip | web | exited 137, out of memory · 2 h ago · nginx:1.27 | ;container;exited;still;local;ready;pocker; | web, exited 137, out of memory, image nginx:1.27',
  ],
  [
    'dead',
    { status: 'dead', statusText: 'Dead' },
    'circle-slash | web | dead, could not be removed · nginx:1.27 | ;container;dead;still;local;ready;pocker; | web, dead, could not be removed, image nginx:1.27',
  ],
  [
    'being removed',
    { status: 'removing', statusText: 'Removal In Progress' },
    'trash | web | being removed · nginx:1.27 | ;container;removing;still;local;ready;pocker; | web, being removed, image nginx:1.27',
  ],
  [
    'of a project, with the host’s network and an image that has lost its name',
    { networkMode: 'host', labels: { 'com.docker.compose.project': 'shop' }, image: `sha256:${'ab'.repeat(32)}` },
    'circle-large-filled | web | abababababab · 2 h | ;container;running;live;hostnet;compose;local;ready;pocker; | web, running, image abababababab',
  ],
  [
    'hostile',
    { name: '$(trash)\n\u202etxt.exe', image: 'a\u001b[31mb', labels: { 'com.docker.compose.project': ';stale;' } },
    'circle-large-filled | $\u200c(trash)\ufffd\ufffdtxt.exe | a\ufffd[31mb · 2 h | ;container;running;live;compose;local;ready;pocker; | $\u200c(trash)\ufffd\ufffdtxt.exe, running, image a\ufffd[31mb',
  ],
]

for (const [what, entry, expected] of golden) test(`a row: ${what}`, () => assert.equal(line(entry), expected))

test('each state has a shape of its own', () => {
  const names = Object.values(STATE_ICONS).map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
})

test('many ports do not fill the row, and those that others reach are told from those that they do not', () => {
  const many = [1, 2, 3, 4, 5].map((container) => ({ container, protocol: 'udp', host: { address: '::', port: container } }))
  assert.match(line({ ports: many }), /\| nginx:1\.27 · \*:1→1\/udp, \*:2→2\/udp, \*:3→3\/udp and 2 more · 2 h \|/)
})

test('a container of a host that is lost is not offered what needs the host', () => {
  const lost = changingHost({ state: { kind: 'unreachable', reason: 'x', retryAt: 0 } })
  const { flags } = containerLook(containerOf({ id: 'a' }), { host: lost, namesHost: true, hasChildren: true })
  assert.deepEqual(flags, ['container', 'running', 'live', 'local', 'stale'])
})
