import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkError, RegistryError } from './registry-error.ts'
import { retrying } from './retry.ts'

const signal = new AbortController().signal
const REGISTRY = new URL('https://registry.test/v2/')

function failing(error: unknown): { readonly work: () => Promise<never>; readonly tries: () => number } {
  let count = 0
  const work = () => {
    count++
    return Promise.reject(error)
  }
  return { work, tries: () => count }
}

const socketError = (code: string): unknown => networkError(Object.assign(new Error(code), { code }), REGISTRY)

test('a registry that is not there is asked twice, a dropped line is taken up five times', async () => {
  for (const [code, tries] of [
    ['ECONNREFUSED', 2],
    ['ENOTFOUND', 2],
    ['ECONNRESET', 5],
  ] as const) {
    const { work, tries: counted } = failing(socketError(code))
    await assert.rejects(retrying({ signal, firstDelay: 1 }, work), { code: 'registry-unreachable' })
    assert.equal(counted(), tries, code)
  }
})

test('in the middle of a download a registry may be away for a while', async () => {
  const { work, tries } = failing(socketError('ECONNREFUSED'))
  await assert.rejects(retrying({ signal, firstDelay: 1, hasProgressed: () => false }, work), { code: 'registry-unreachable' })
  assert.equal(tries(), 5)
})

test('what will not go well later is not tried again', async () => {
  const { work, tries } = failing(new RegistryError('Forbidden', 'no', { code: 'auth-failed' }))
  await assert.rejects(retrying({ signal, firstDelay: 1 }, work), { code: 'auth-failed' })
  assert.equal(tries(), 1)
})
