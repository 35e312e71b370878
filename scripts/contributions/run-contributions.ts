import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONTEXTS } from '../../src/commands/contexts.ts'
import { COMMANDS } from '../../src/commands/ids.ts'
import { checkContributions } from './check-contributions.ts'
import { parseExtensionManifest } from './extension-manifest.ts'

/** The check of this repository's package.json. */
export function checkOwnContributions(root: string): string[] {
  const text = readFileSync(join(root, 'package.json'), 'utf8')
  const sources = globSync('src/**/*.ts', { cwd: root }).filter(
    (path) => !/\.(test|fixture)\.ts$|^src\/commands\/(ids|contexts)\.ts$/.test(path),
  )
  return checkContributions({
    manifest: parseExtensionManifest(JSON.parse(text)),
    text,
    texts: JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')),
    code: { commands: COMMANDS, contexts: CONTEXTS, sources: sources.map((path) => readFileSync(join(root, path), 'utf8')) },
  })
}
