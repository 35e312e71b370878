import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { engineError, fakeClient } from '../../testing/fake-client.ts'
import { containerFactsSchema } from './container-facts.ts'
import { containerTooltip, readTooltip } from './container-tooltip.ts'

const time = (milliseconds: number) => new Date(milliseconds).toISOString()
const row = containerOf({
  id: 'abcdef0123456789',
  name: 'web',
  created: 1000,
  ports: [{ container: 80, protocol: 'tcp', host: { address: '127.0.0.1', port: 8080 } }],
  mounts: [{ type: 'bind', source: '/home/me', destination: '/src', isReadOnly: true }],
  networks: [{ name: 'shop', addresses: ['10.0.0.2'] }],
  labels: { a: '1' },
})
const facts = containerFactsSchema.parse({
  Path: 'nginx',
  Args: ['-g', 'daemon off;'],
  RestartCount: 2,
  State: { StartedAt: '2026-01-02T03:04:05.123456789Z', FinishedAt: '0001-01-01T00:00:00Z', Error: '' },
  HostConfig: {
    Memory: 512 * 2 ** 20,
    NanoCpus: 1.5e9,
    PidsLimit: 0,
    Privileged: true,
    RestartPolicy: { Name: 'always', MaximumRetryCount: 0 },
  },
})

test('a tooltip says all that is known, with absolute times', () => {
  const plain = containerTooltip(row, facts, time).replaceAll('\\', '')
  assert.deepEqual(plain.split('  \n'), [
    '**web**',
    'Privileged: it can do what root can on the host.',
    'Image: nginx:1.27',
    'Command: nginx -g daemon off;',
    'State: running',
    'Started: 2026-01-02T03:04:05.123Z',
    'Created: 1970-01-01T00:00:01.000Z',
    'Restarts: always, restarted so far: 2',
    'Limits: 512m memory, 1.5 CPUs',
    'Ports: 8080→80',
    'Mounts: /home/me at /src, read-only',
    'Networks: shop (10.0.0.2)',
    'Labels: 1',
    'ID: abcdef012345',
  ])
})

test('nothing of an engine is markup or makes lines', () => {
  const text = containerTooltip(containerOf({ id: 'a', name: '[x](command:y)\n# z', command: '<b>' }), undefined, time)
  assert.match(text, /^\*\*\\\[x\\\]\\\(command\\:y\\\)\ufffd\\# z\*\*/)
  assert.match(text, /\\<b\\>/)
})

test('where the engine does not answer, what the list has told is said', async () => {
  const client = fakeClient({ [`GET /containers/${row.id}/json`]: [engineError(500, 'x')] })
  const text = await readTooltip({ host: changingHost({ client }), containerId: row.id }, row, new AbortController().signal)
  assert.match(text, /nginx/)
})
