import assert from 'node:assert/strict'
import { PockerError } from '../../api/errors.ts'

/** The code of the PockerError that `action` throws; fails when it throws none. */
export function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    assert.ok(error instanceof PockerError, `not a PockerError: ${error}`)
    return error.code
  }
  assert.fail('nothing was refused')
}

/** What `action` returns, or undefined when it throws a PockerError; any other error is the test's failure. */
export function unlessRefused<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    assert.ok(error instanceof PockerError, `not a PockerError: ${error}`)
    return undefined
  }
}
