import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './place-file.ts'

/** In the folder that it lists. */
export const MANIFEST = 'manifest.json'

/** What `manifest.json` of a program's folder says: what is in it, so that what runs as root is what was built. */
export interface Manifest {
  readonly version: string
  /** SHA-256 in hex, by the file's name. */
  readonly files: Readonly<Record<string, string>>
}

/** Writes the manifest of all files that lie in `folder`; its folders, such as the compile cache, are not part of the program. */
export function writeManifest(folder: string): void {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== MANIFEST)
    .map((entry) => entry.name)
    .sort()
  const files = Object.fromEntries(names.map((name) => [name, hash(join(folder, name))]))
  const manifest: Manifest = { version: packageVersion(), files }
  replaceFile(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

function hash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  return version
}
