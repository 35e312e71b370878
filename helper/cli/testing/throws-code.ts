import assert from 'node:assert/strict'
import { PockerError } from '../../api/errors.ts'

/** Asserts that the call fails with a PockerError of the code. */
export function throwsCode(code: string, call: () => unknown): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof PockerError, `expected a PockerError, got ${String(error)}`)
    assert.equal(error.code, code, error.message)
    return true
  })
}
