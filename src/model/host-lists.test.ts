import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changingHost } from '../testing/changing-host.ts'
import { HostLists } from './host-lists.ts'

test('who shows them is told of what is different, and of nothing else', async (t) => {
  const answers: (readonly string[] | Error)[] = [['a'], ['a'], new Error('lost'), new Error('lost'), ['a'], ['a', 'b']]
  const lists = new HostLists<string>(async () => {
    const answer = answers.shift() ?? []
    if (answer instanceof Error) throw answer
    return answer
  })
  t.after(() => lists.dispose())
  const host = changingHost()
  let [changed, read] = [0, 0]
  lists.onDidChange(() => changed++)
  lists.onDidRead(() => read++)
  const counts: number[] = []
  while (answers.length > 0) {
    await lists.read(host).catch(() => undefined)
    counts.push(changed)
  }
  assert.deepEqual(counts, [1, 1, 2, 2, 3, 4])
  assert.equal(read, 6)
})
