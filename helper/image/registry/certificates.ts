/** Certificates for single registries, where Docker has them: `certs.d/HOST[:PORT]/`. */
import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PockerError } from '../../api/errors.ts'

export interface Certificates {
  /** PEM of authorities trusted for this host besides the usual ones. */
  readonly authorities: readonly string[]
  /** PEM pairs that the helper shows. */
  readonly clients: readonly { readonly certificate: string; readonly key: string }[]
}

const HOST = /^(?:[a-zA-Z0-9.-]+|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?$/

/**
 * Reads `*.crt` (authorities) and `*.cert` with `*.key` (clients) of the folder for `host`, in the first of `folders` that has one.
 * See https://docs.docker.com/engine/security/certificates/. Errors: InvalidParameter `bad-certificates`.
 */
export function readCertificates(folders: readonly string[], host: string): Certificates | undefined {
  // The host may come from a redirect, so it must not lead out of the folder.
  if (!HOST.test(host) || host.startsWith('.')) return undefined
  for (const parent of folders) {
    const folder = join(parent, host)
    const names = list(folder)
    if (names !== undefined) return read(folder, names)
  }
  return undefined
}

function read(folder: string, names: readonly string[]): Certificates {
  const explained = (name: string, work: () => string): string => {
    try {
      return work()
    } catch (error) {
      throw new PockerError(
        'InvalidParameter',
        `read certificate '${join(folder, name)}': ${error instanceof Error ? error.message : ''}`,
        {
          code: 'bad-certificates',
          hint: 'a client needs both NAME.cert and NAME.key',
          cause: error,
        },
      )
    }
  }
  const text = (name: string) => explained(name, () => readFileSync(join(folder, name), 'utf8'))
  const certificate = (name: string) => {
    const pem = text(name)
    // Node.js passes over an authority that it cannot read, and then says that nobody vouches for the registry.
    explained(name, () => new X509Certificate(pem).subject)
    return pem
  }
  return {
    authorities: names.filter((name) => name.endsWith('.crt')).map(certificate),
    clients: names
      .filter((name) => name.endsWith('.cert'))
      .map((name) => ({ certificate: text(name), key: text(name.replace(/\.cert$/, '.key')) })),
  }
}

function list(folder: string): string[] | undefined {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined
    throw error
  }
}
