import { createHash } from 'node:crypto'
import { type Digest, parseDigest } from './digest.ts'

/** What names each layer together with all below it (OCI `config.md`, ChainID); the lowest first. */
export function chainIds(diffIds: readonly Digest[]): Digest[] {
  const chains: Digest[] = []
  for (const diffId of diffIds) {
    const below = chains.at(-1)
    chains.push(below === undefined ? diffId : parseDigest(`sha256:${createHash('sha256').update(`${below} ${diffId}`).digest('hex')}`))
  }
  return chains
}
