import { PockerError } from '../api/errors.ts'

/**
 * The bytes of a key sequence in Docker's notation: single characters and `ctrl-x`, separated by commas; Docker's default is
 * ctrl-p ctrl-q. [moby/term: ToBytes]
 * Errors: InvalidParameter `invalid-detach-keys`.
 */
export function parseDetachKeys(keys = 'ctrl-p,ctrl-q'): Uint8Array {
  return Uint8Array.from(keys.split(',').map((key) => keyCode(key, keys)))
}

function keyCode(key: string, keys: string): number {
  if (/^[\x21-\x7e]$/.test(key)) return key.charCodeAt(0)
  const control = /^ctrl-([a-zA-Z@[\\\]^_])$/.exec(key)?.[1]
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) - 64
  throw new PockerError('InvalidParameter', `read detach keys "${keys.slice(0, 50)}": "${key.slice(0, 50)}" is not a key`, {
    code: 'invalid-detach-keys',
    hint: 'give single characters or ctrl-<letter>, separated by commas',
  })
}

export interface Scanned {
  /** What is to be passed on. */
  readonly data: Uint8Array
  /** The sequence is complete; nothing after it is passed on. */
  readonly detached: boolean
}

/** Looks for the sequence in a terminal's input. What may be its beginning is held back until the next key decides. */
export function createDetachScanner(keys: Uint8Array): (data: Uint8Array) => Scanned {
  let matched = 0
  return (data) => {
    // Nearly all input: nothing held back and no first key in it.
    if (matched === 0 && !data.includes(keys[0] ?? 0)) return { data, detached: false }
    const passed: number[] = []
    for (const byte of data) {
      if (byte !== keys[matched]) {
        passed.push(...keys.subarray(0, matched))
        matched = 0
      }
      if (byte !== keys[matched]) passed.push(byte)
      else matched += 1
      if (matched === keys.length) return { data: Uint8Array.from(passed), detached: true }
    }
    return { data: Uint8Array.from(passed), detached: false }
  }
}
