/** Children that are over when the call returns: they are reaped, and no descriptor but what was asked for has changed. */
import assert from 'node:assert/strict'
import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { makeUserNamespace } from '../../helper/container/launch/user-namespace.ts'
import { tryInChild } from '../../helper/doctor/try-in-child.ts'

const skip = process.getuid?.() === 0 ? false : 'not root'

function traces() {
  const descriptors = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return `${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`
    } catch {
      return '' // the folder that is being read
    }
  })
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
  return { descriptors: descriptors.filter((text) => text !== '').sort(), children }
}

test('a try of the doctor’s', { skip }, () => {
  tryInChild({ value: 0, text: '0' }, () => undefined)
  const before = traces()
  assert.equal(
    tryInChild({ value: 0, text: '0' }, () => undefined),
    undefined,
  )
  assert.deepEqual(traces(), before)
  assert.ok(before.descriptors.some((text) => text.startsWith('0 ')))
})

test('a user namespace that swaps two IDs', { skip }, () => {
  const before = traces()
  const namespace = makeUserNamespace({ uid: [0, 1000], gid: [5, 5] })
  assert.match(readlinkSync(`/proc/self/fd/${namespace}`), /^user:/)
  assert.notEqual(readlinkSync(`/proc/self/fd/${namespace}`), readlinkSync('/proc/self/ns/user'))
  closeSync(namespace)
  assert.deepEqual(traces(), before)
})
