/** A private key in a file: its public part is known before anybody is asked for a passphrase. */
import { readFileSync, statSync } from 'node:fs'
import type { ParsedKey } from 'ssh2'
import ssh2 from 'ssh2'

export interface KeyFile {
  readonly path: string
  /** Of the public key, as it goes over the wire. */
  readonly publicKey: Buffer
  /** The private key; undefined when this passphrase is not the one, or one is needed. */
  unlock(passphrase: string | undefined): ParsedKey | undefined
}

const LARGEST = 1 << 20

/**
 * Reads one; undefined for a file that is not there or is no key. The public part of an encrypted one is in it (OpenSSH's format) or beside
 * it, in `.pub`; without either, the key cannot be offered.
 */
export function readKeyFile(path: string): KeyFile | undefined {
  const bytes = read(path)
  if (bytes === undefined) return undefined
  const open = parse(bytes, undefined)
  const publicKey = open?.getPublicSSH() ?? publicPart(bytes) ?? publicBeside(path)
  if (publicKey === undefined) return undefined
  return { path, publicKey, unlock: (passphrase) => (open?.isPrivateKey() ? open : parse(bytes, passphrase)) }
}

function read(path: string): Buffer | undefined {
  try {
    if (!statSync(path).isFile() || statSync(path).size > LARGEST) return undefined
    return readFileSync(path)
  } catch {
    // The usual names are tried on every machine, and most of them are not there.
    return undefined
  }
}

function parse(bytes: Buffer, passphrase: string | undefined): ParsedKey | undefined {
  const key = ssh2.utils.parseKey(bytes, passphrase)
  return key instanceof Error ? undefined : key
}

function publicBeside(path: string): Buffer | undefined {
  const bytes = read(`${path}.pub`)
  return bytes === undefined ? undefined : parse(bytes, undefined)?.getPublicSSH()
}

const MAGIC = 'openssh-key-v1\0'

// `openssh-key-v1`, then the names of cipher and key derivation, its options, the number of keys, and the first public key.
function publicPart(bytes: Buffer): Buffer | undefined {
  const [, base64] = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(bytes.toString('latin1')) ?? []
  const blob = Buffer.from(base64 ?? '', 'base64')
  if (blob.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return undefined
  let at = MAGIC.length
  const field = (): Buffer | undefined => {
    if (at + 4 > blob.length) return undefined
    const length = blob.readUInt32BE(at)
    const value = blob.subarray(at + 4, at + 4 + length)
    at += 4 + length
    return value.length === length ? value : undefined
  }
  if (field() === undefined || field() === undefined || field() === undefined) return undefined
  at += 4
  return field()
}
