import { invalid } from '../grammar/invalid.ts'

const CONTROL = '@abcdefghijklmnopqrstuvwxyz[\\]^_'

/** The bytes of a key sequence such as `ctrl-p,ctrl-q` or `a,ctrl-x,DEL`. Follows ToBytes of moby/term. Errors: `invalid-detach-keys`. */
export function parseDetachKeys(text: string): Uint8Array {
  const keys = text.split(',').map((key) => {
    if (/^[\x20-\x7e]$/.test(key)) return key.charCodeAt(0)
    if (key === 'DEL') return 127
    const code = /^ctrl-.$/.test(key) ? CONTROL.indexOf(key.charAt(5)) : -1
    if (code < 0) throw invalid('invalid-detach-keys', `invalid detach keys (${text}): unknown key '${key}'`)
    return code
  })
  return Uint8Array.from(keys)
}

export interface DetachFilter {
  /** What of the bytes to send on, and whether the sequence is complete; bytes after it are nobody's. */
  feed(bytes: Uint8Array): { readonly send: Uint8Array; readonly detach: boolean }
}

/**
 * Watches input for the key sequence. Keys that could begin it are held back until the next key decides: the process sees all of them
 * or none.
 */
export function watchForKeys(keys: Uint8Array): DetachFilter {
  let matched = 0
  return {
    feed: (bytes) => {
      const send: number[] = []
      for (const byte of bytes) {
        while (matched > 0 && byte !== keys[matched]) {
          // Let go of as few held keys as needed for the rest to begin the sequence anew.
          const held = keys.subarray(0, matched)
          let skip = 1
          while (skip < matched && !startsWith(keys, held.subarray(skip))) skip++
          send.push(...held.subarray(0, skip))
          matched -= skip
        }
        if (byte === keys[matched]) matched++
        else send.push(byte)
        if (matched === keys.length) return { send: Uint8Array.from(send), detach: true }
      }
      return { send: Uint8Array.from(send), detach: false }
    },
  }
}

function startsWith(keys: Uint8Array, part: Uint8Array): boolean {
  return part.every((byte, index) => byte === keys[index])
}
