import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Acts } from './acts.ts'

test('what a command does is an act, over all that it waits for, and what it leaves behind is none', async () => {
  const acts = new Acts()
  const seen: boolean[] = [acts.isActing]
  let left: Promise<void> = Promise.resolve()
  await acts.run(async () => {
    seen.push(acts.isActing)
    await setImmediate()
    seen.push(acts.isActing)
    left = setImmediate()
      .then(() => setImmediate())
      .then(() => void seen.push(acts.isActing))
  })
  await left
  seen.push(acts.isActing)
  assert.deepEqual(seen, [false, true, true, false, false])
})

test('one that fails is over, too', async () => {
  const acts = new Acts()
  let later: () => boolean = () => true
  const work = acts.run(async () => {
    const ask = async () => {
      await setImmediate()
      await setImmediate()
      later = () => acts.isActing
      return acts.isActing
    }
    const asked = ask()
    void asked.then((isActing) => {
      later = () => isActing
    })
    throw new Error('x')
  })
  await assert.rejects(work)
  await setImmediate()
  await setImmediate()
  await setImmediate()
  assert.equal(later(), false)
})
