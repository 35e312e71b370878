import assert from 'node:assert/strict'
import { test } from 'node:test'
import { livesSchema } from '../../api/lives.ts'
import { followedLineSchema, foundLineSchema, logPageSchema } from '../../api/log.ts'
import type { FollowedLines, LogLine } from '../backend.ts'
import { send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

const LINE: LogLine = {
  position: 'p1',
  time: 1_700_000_000_000_000_001n,
  stream: 1,
  text: '\u001b[31mred\r',
  length: 10,
  isCut: false,
  isOpen: false,
  isContinued: false,
}
const answer = { position: 'p1', time: '2023-11-14T22:13:20.000000001Z', stream: 'stdout', text: '\u001b[31mred\r' }

test('lives are given as they are', async (context) => {
  const lives = [
    { startedAt: 'a', finishedAt: 'b', exitCode: 137, oomKilled: true, isStopped: false, error: '' },
    { startedAt: 'c', oomKilled: false, isStopped: false, error: '' },
  ]
  const { socketPath } = await serve(context, { past: { lives: async () => lives } })
  const { text } = await send(socketPath, 'GET /pocker/containers/web/lives')
  assert.deepEqual(livesSchema.parse(JSON.parse(text)), { lives })
})

test('a page is asked for by its options and given as one document', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    past: {
      logPage: async (id, { signal: _, ...options }) => {
        calls.push([id, options])
        return { lines: [LINE, { ...LINE, stream: 2, isCut: true, isOpen: true }], before: options.after, after: 'p9' }
      },
    },
  })
  const page = async (query: string) =>
    logPageSchema.parse(JSON.parse((await send(socketPath, `GET /pocker/containers/web/log${query}`)).text))
  assert.deepEqual(await page(''), { lines: [answer, { ...answer, stream: 'stderr', length: 10, isOpen: true }], after: 'p9' })
  assert.equal((await page('?after=p0&lines=5')).before, 'p0')
  await page('?before=p0&lines=99999999')
  assert.deepEqual(calls, [
    ['web', { lines: 1000 }],
    ['web', { after: 'p0', lines: 5 }],
    ['web', { before: 'p0', lines: 100_000 }],
  ])
})

test('a followed log is lines of JSON', async (context) => {
  const found: FollowedLines[] = [[LINE, 'gap'], [{ ...LINE, isContinued: true }]]
  const { socketPath } = await serve(context, {
    past: {
      followLog: async (_, { after }) => {
        assert.equal(after, 'p0')
        return (async function* () {
          yield* found
        })()
      },
    },
  })
  const { text } = await send(socketPath, 'GET /pocker/containers/web/log?follow=1&after=p0')
  const lines = text
    .trim()
    .split('\n')
    .map((line) => followedLineSchema.parse(JSON.parse(line)))
  assert.deepEqual(lines, [answer, { isGap: true }, { ...answer, isContinued: true }])
})

test('a search is asked for by its options, and its last line says where to go on', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    past: {
      searchLog: async (id, search) => {
        calls.push([id, search])
        return (async function* () {
          yield LINE
          yield { before: search.before }
        })()
      },
    },
  })
  const search = async (query: string) =>
    (await send(socketPath, `GET /pocker/containers/web/log/search?${query}`)).text
      .trim()
      .split('\n')
      .map((line) => foundLineSchema.parse(JSON.parse(line)))
  assert.deepEqual(await search('text=a%5Bb'), [answer, { isEnd: true }])
  assert.deepEqual(await search('text=x&case=ignore&before=p0&limit=7'), [answer, { isEnd: true, before: 'p0' }])
  assert.deepEqual(calls, [
    ['web', { text: 'a[b', ignoreCase: false, before: undefined, limit: 100 }],
    ['web', { text: 'x', ignoreCase: true, before: 'p0', limit: 7 }],
  ])
})

for (const query of [
  'log?lines=0',
  'log?lines=-5',
  'log?lines=x',
  'log?before=a&after=b',
  'log/search',
  'log/search?text=a%0Ab',
  'log/search?text=a&case=no',
  `log/search?text=${'x'.repeat(1001)}`,
  'log/search?text=a&limit=0',
  'log/search?text=%00',
]) {
  test(`${query.slice(0, 40)} is refused`, async (context) => {
    const { socketPath } = await serve(context, {})
    const { status, text } = await send(socketPath, `GET /pocker/containers/web/${query}`)
    assert.deepEqual([status, JSON.parse(text).code], [400, 'invalid-query'])
  })
}
