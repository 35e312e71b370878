import { createHash } from 'node:crypto'

/** As `ssh-keygen -l` shows it: `SHA256:…`. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** The algorithm that a public key names in its first field, such as `ssh-ed25519`; empty for bytes that are no key. */
export function keyType(key: Buffer): string {
  if (key.length < 4) return ''
  const length = key.readUInt32BE(0)
  const name = length <= 64 ? key.subarray(4, 4 + length).toString('latin1') : ''
  return /^[a-z0-9@.-]+$/i.test(name) ? name : ''
}
