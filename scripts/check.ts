/** `npm run check`: format, lint, types and the project's own rules; the same here and in CI. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { EXTENSION_BUDGET, whyTooLarge } from './build-extension.ts'
import { checkOwnContributions } from './contributions/run-contributions.ts'
import { checkL10n } from './l10n.ts'
import { checkFile, type Finding } from './rules.ts'

const root = join(import.meta.dirname, '..')
const skipped = new Set(['node_modules', 'dist', '.git'])
const textFile = /\.(ts|mts|cts|js|mjs|cjs|json|md|c|sh|ya?ml|txt|snap)$|^[^.]+$|^\.gitignore$/

interface Step {
  readonly name: string
  /** Undefined when all is well, else what to tell. */
  readonly run: () => string | undefined | Promise<string | undefined>
}

const steps: readonly Step[] = [
  {
    name: 'format and lint (biome)',
    run: () => runTool('node_modules/@biomejs/biome/bin/biome', ['check', '--colors=off', '--max-diagnostics=50', '.']),
  },
  { name: 'types (tsc)', run: () => runTool('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']) },
  // What runs in a browser has the browser's globals, and nothing else has them.
  {
    name: 'types of the statistics page (tsc)',
    run: () => runTool('node_modules/typescript/bin/tsc', ['-p', 'src/observe/stats/webview']),
  },
  { name: 'own rules (scripts/rules.ts)', run: runRules },
  { name: 'package.json and the code (scripts/contributions/)', run: () => joined(checkOwnContributions(root)) },
  { name: 'texts for translators (scripts/l10n.ts)', run: checkL10n },
  { name: `the extension within ${EXTENSION_BUDGET / 1000} KB (esbuild)`, run: whyTooLarge },
]

/** Runs all checks, prints what each found, and says whether all passed. */
export async function runChecks(): Promise<boolean> {
  let failures = 0
  for (const step of steps) {
    const start = performance.now()
    const output = await step.run()
    console.log(`${output === undefined ? 'ok    ' : 'FAILED'} ${step.name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
    if (output === undefined) continue
    failures++
    console.log(output)
  }
  return failures === 0
}

function runTool(script: string, args: readonly string[]): string | undefined {
  const result: SpawnSyncReturns<string> = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, encoding: 'utf8' })
  if (result.error !== undefined) throw result.error
  return result.status === 0 ? undefined : `${result.stdout}${result.stderr}`.trimEnd()
}

function runRules(): string | undefined {
  const surroundings = { forbidden: listMachineTexts() }
  const findings = listFiles(root).flatMap((path) => checkFile({ path, text: readFileSync(join(root, path), 'utf8') }, surroundings))
  return joined(findings.map(formatFinding))
}

function joined(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.join('\n')
}

function formatFinding(finding: Finding): string {
  return `${finding.path}:${finding.line}: ${finding.message}`
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return listFiles(path)
    return entry.isFile() && textFile.test(entry.name) ? [relative(root, path)] : []
  })
}

/** This checkout's own place, and the registry that npm here is set to use. */
function listMachineTexts(): string[] {
  const registry = process.env.npm_config_registry
  const host = registry === undefined ? undefined : URL.parse(registry)?.host
  return host === undefined || host === '' ? [`${root}/`] : [`${root}/`, host]
}

if (import.meta.main) process.exitCode = (await runChecks()) ? 0 : 1
