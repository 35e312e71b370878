import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page, Steps } from '../../page/page.ts'
import { changingHost, containerOf, READY } from '../../testing/changing-host.ts'
import { fakeClient } from '../../testing/fake-client.ts'
import { readTracePage } from './trace-page.ts'

const TRACE = {
  startedAt: '2026-01-01T00:00:00Z',
  total: 400,
  steps: [
    { step: 'startContainer', part: 'keeper', microseconds: 100, calls: [{ call: 'clone3', operands: '{CLONE_NEWPID}, 88' }] },
    { step: 'createTempFolder', part: 'container', microseconds: 0.2, calls: [] },
    {
      step: 'somethingNew',
      part: 'container',
      microseconds: 300,
      calls: [
        { call: 'mount', operands: '"\u202e", "/"' },
        { call: 'close', operands: '' },
      ],
    },
  ],
}

const stepsOf = (page: Page): Steps['steps'] => page.sections.flatMap(({ content }) => (content.kind === 'steps' ? content.steps : []))
const ref = (answer: unknown, state = READY) => ({
  host: changingHost({
    client: fakeClient({ 'GET /pocker/containers/a/trace': [answer] }),
    containers: [containerOf({ id: 'a', name: 'web' })],
    state,
  }),
  containerId: 'a',
})

test('each step that did something has its words, part, time, bar and calls', async () => {
  const page = await readTracePage(ref(TRACE))
  const [first, second, ...others] = stepsOf(page)
  assert.deepEqual(first, {
    title: 'Start its first process, in namespaces of its own',
    note: 'keeper',
    amount: '100 µs',
    share: 1 / 3,
    lines: [{ name: 'clone3', text: '{CLONE_NEWPID}, 88' }],
  })
  assert.deepEqual([second?.title, second?.share, second?.lines[0]?.text, others], ['something new', 1, '"\ufffd", "/"', []])
})

test('the sums are those of the parts, and of all', async () => {
  const page = await readTracePage(ref(TRACE))
  const rows = page.sections.flatMap(({ content }) => (content.kind === 'table' ? content.rows : []))
  assert.deepEqual(rows, [
    ['keeper', '1', '1', '100 µs'],
    ['container', '1', '2', '300 µs'],
    ['In all', '2', '3', '400 µs'],
  ])
})

test('a start that this helper has not made has words instead of steps', async () => {
  const page = await readTracePage(ref({ startedAt: '', total: 0, steps: [] }))
  assert.deepEqual(
    page.sections.map(({ content }) => content.kind),
    ['text'],
  )
})

test('an engine that is not Pocker is not asked', async () => {
  const docker = { kind: 'ready' as const, engine: { name: 'Docker' as const, version: '28', apiVersion: '1.47', isPocker: false } }
  await assert.rejects(readTracePage(ref(TRACE, docker)), { code: 'only-pocker' })
})
