import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createRequestSchema } from '../api/container.ts'
import type { ErrorKind } from '../api/errors.ts'
import { PockerError } from '../api/errors.ts'
import { errorAnswer } from './status.ts'

const numbers: Readonly<Record<ErrorKind, number>> = {
  NotModified: 304,
  InvalidParameter: 400,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  Cancelled: 499,
  Internal: 500,
  NotImplemented: 501,
  Unavailable: 503,
}

test('each kind of error has its number, and the body its code and hint', () => {
  for (const kind of Object.keys(numbers) as ErrorKind[]) {
    const { status, body } = errorAnswer(new PockerError(kind, 'do this: it fails', { code: 'a-code', hint: 'a hint' }))
    assert.equal(status, numbers[kind])
    assert.deepEqual(body, { message: 'do this: it fails', code: 'a-code', hint: 'a hint' })
  }
})

test('a request against the schema gets one sentence that names the place', () => {
  const { error } = createRequestSchema.safeParse({ HostConfig: { Binds: 'x', Memory: 'y' }, Cmd: 5 })
  const { status, body, unexpected } = errorAnswer(error)
  assert.equal(status, 400)
  assert.equal(body.code, 'invalid-request')
  assert.equal(unexpected, false)
  assert.doesNotMatch(body.message, /\n/)
})

test('anything else is unexpected', () => {
  for (const error of [new TypeError('x is not a function'), 'text', undefined, null, { status: 200 }]) {
    const { status, body, unexpected } = errorAnswer(error)
    assert.deepEqual({ status, code: body.code, unexpected }, { status: 500, code: 'internal', unexpected: true })
  }
  assert.equal(errorAnswer(new z.ZodError([])).status, 400)
})
