/** The program as it goes to other machines: this one, or its sibling for another processor. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Payload } from '../../../ssh/delivery/payload.ts'
import { ownProgram } from '../background/own-program.ts'
import { VERSION } from '../version.ts'

/** The files, hashed as they are: whoever could change them could change this program too. Undefined where there are none for it. */
export function ownPayload(architecture: 'x64' | 'arm64'): Payload | undefined {
  const own = ownProgram()
  const source = architecture === process.arch ? own : join(dirname(own), `linux-${architecture}`)
  if (!existsSync(join(source, 'node'))) return undefined
  const known = payloads.get(source)
  if (known !== undefined) return known
  const names = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
  const files = Object.fromEntries(names.map(({ name }) => [name, hashOf(join(source, name))]))
  const payload = { source, files, version: VERSION }
  payloads.set(source, payload)
  return payload
}

const payloads = new Map<string, Payload>()

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
