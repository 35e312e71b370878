/** Programs to be set up by the bootstrap script: small ones of the test's own, or a copy of the built one. */
import { hash } from 'node:crypto'
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Payload {
  readonly source: string
  /** Hashes by name. */
  readonly files: Readonly<Record<string, string>>
}

/** What stands for the program: it says how it was called, and with which environment. */
const PROGRAM = `#!/bin/sh
printf 'ran: %s\\n' "$0" "$@"
env
`

/** A small program in the folder `source`, of the user `owner`. */
export function makeSmallPayload(source: string, owner = 0): Payload {
  mkdirSync(source, { recursive: true })
  writeFileSync(join(source, 'pocker'), PROGRAM, { mode: 0o755 })
  writeFileSync(join(source, 'node'), '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(join(source, 'main.mjs'), 'export {}\n')
  for (const name of ['', 'pocker', 'node', 'main.mjs']) chownSync(join(source, name), owner, owner)
  return { source, files: hashes(source) }
}

/** A copy of the built program that says it is of another version. */
export function makeRealPayload(source: string, version: string): Payload {
  const dist = join(import.meta.dirname, '../../dist/helper', `linux-${process.arch}`)
  cpSync(dist, source, { recursive: true, filter: (path) => !path.includes('/cache') })
  for (const name of readdirSync(source).filter((file) => file.endsWith('.mjs'))) {
    const path = join(source, name)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/version: "\d+\.\d+\.\d+"/g, `version: "${version}"`))
  }
  chmodSync(source, 0o755)
  const files = hashes(source)
  writeFileSync(join(source, 'manifest.json'), JSON.stringify({ files }))
  return { source, files }
}

function hashes(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name !== 'manifest.json')
  return Object.fromEntries(names.map((name) => [name, hash('sha256', readFileSync(join(folder, name)), 'hex')]))
}
