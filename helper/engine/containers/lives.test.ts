import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ContainerRecord, CREATED } from '../records/record.ts'
import { withLife, withLifeError } from './lives.ts'

const record = (startedAt: string): ContainerRecord => ({
  id: 'c1',
  name: 'web',
  created: 0,
  image: { id: '', name: '', config: {}, layers: [], mounts: [] },
  request: {},
  config: {},
  hostname: 'web',
  mounts: [],
  foldersToMake: [],
  anonymousVolumes: [],
  restartCount: 0,
  state: { ...CREATED, startedAt },
})
const end = { finishedAt: 'b', exitCode: 1, oomKilled: false, stoppedByUser: false, error: '' }

test('the last hundred runs are kept, with errors of bounded length', () => {
  let kept = record('0')
  for (let run = 0; run < 150; run++)
    kept = withLife({ ...kept, state: { ...kept.state, startedAt: String(run) } }, { ...end, error: 'x'.repeat(1000) })
  assert.deepEqual(
    kept.lives?.map(({ startedAt }) => startedAt),
    Array.from({ length: 100 }, (_, index) => String(50 + index)),
  )
  assert.ok(kept.lives?.every(({ error }) => error.length === 500))
  assert.ok(JSON.stringify(kept.lives).length < 100 * 650)
})

test('the reason of a start that came to nothing goes to the run that it was, and to no other', () => {
  const ran = withLife(record('a'), end)
  assert.equal(withLifeError(ran, 'no such command').lives?.[0]?.error, 'no such command')
  assert.equal(withLifeError({ ...ran, state: { ...ran.state, startedAt: 'later' } }, 'no mount').lives?.[0]?.error, '')
  assert.equal(withLifeError(record('a'), 'no mount').lives, undefined)
})
