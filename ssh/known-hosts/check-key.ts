/** Whether a host is the one it was. */
import { PockerError } from '../../helper/api/errors.ts'
import { fingerprint, keyType } from './fingerprint.ts'
import { isAbout, type KnownLine } from './known-lines.ts'

export type Verdict = { readonly kind: 'known' } | { readonly kind: 'unknown' } | { readonly kind: 'wrong'; readonly error: PockerError }

/**
 * What the lines say of the key of the host `name`. A key of another kind than those that are known is a wrong one too: whoever has no
 * key of the known kind would offer another.
 */
export function checkKey(lines: readonly KnownLine[], name: string, key: Buffer): Verdict {
  const about = lines.filter((line) => isAbout(line, name))
  const same = (line: KnownLine) => line.key.equals(key)
  const revoked = about.find((line) => line.marker === 'revoked' && same(line))
  if (revoked !== undefined) return { kind: 'wrong', error: revokedError(name, key, revoked) }
  const keys = about.filter(({ marker }) => marker === undefined)
  if (keys.some(same)) return { kind: 'known' }
  const other = keys.find((line) => keyType(line.key) === keyType(key)) ?? keys[0]
  return other === undefined ? { kind: 'unknown' } : { kind: 'wrong', error: changedError(name, key, other) }
}

/** The kinds of keys that are known of the host, so that it is asked for one of them. */
export function knownKinds(lines: readonly KnownLine[], name: string): readonly string[] {
  const kinds = lines.filter((line) => line.marker === undefined && isAbout(line, name)).map(({ key }) => keyType(key))
  return [...new Set(kinds)].filter((kind) => kind !== '')
}

function changedError(name: string, key: Buffer, { key: before, path, line }: KnownLine): PockerError {
  return new PockerError(
    'Forbidden',
    `connect to ${name}: its key has changed: ${fingerprint(key)} instead of ${fingerprint(before)}; somebody may be in between`,
    {
      code: 'host-key-changed',
      hint: `if you know that the host has a new key, remove the old one with: ssh-keygen -R '${name}' -f '${path}' (line ${line})`,
    },
  )
}

function revokedError(name: string, key: Buffer, { path, line }: KnownLine): PockerError {
  return new PockerError('Forbidden', `connect to ${name}: its key ${fingerprint(key)} has been revoked`, {
    code: 'host-key-revoked',
    hint: `see line ${line} of ${path}`,
  })
}
