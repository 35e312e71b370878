import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { MANIFEST } from './manifest.ts'
import { type Architecture, architectures } from './native-files.ts'
import { payloadFolder } from './payload-folder.ts'
import { replaceFile } from './place-file.ts'
import { zodNamespace } from './zod-namespace.ts'
import { zodWithoutJsonSchema } from './zod-without-json-schema.ts'

const root = join(import.meta.dirname, '..')

/** An editor reads the whole file before the first view shows. In bytes, minified. */
export const EXTENSION_BUDGET = 500_000
/** The statistics page's program, likewise. */
export const PAGE_BUDGET = 20_000

export interface ExtensionOptions {
  /** Small and without a map, as it is packaged; else readable, with a map beside it. */
  readonly forPackage?: boolean
  /** The programs that it can start are those of `dist/helper/` for these; all that are there when left out. */
  readonly programs?: readonly Architecture[]
}

/**
 * Writes `dist/extension.cjs`, CommonJS, which editors load faster than modules, and `dist/stats.js`, the statistics page's. The programs in
 * `dist/helper/` come first: their hashes are in it. Errors: esbuild's, which it has printed; the budgets'.
 */
export async function buildExtension(options: ExtensionOptions = {}): Promise<void> {
  const files = await bundleExtension(options)
  const tooLarge = options.forPackage === true ? overBudget(files) : undefined
  if (tooLarge !== undefined) throw new Error(`bundle the extension: ${tooLarge}`)
  mkdirSync(join(root, 'dist'), { recursive: true })
  if (options.forPackage === true) for (const name of files.keys()) rmSync(join(root, 'dist', `${name}.map`), { force: true })
  for (const [name, content] of files) replaceFile(join(root, 'dist', name), content)
}

/** What of it is too large as packaged, or undefined. Errors: esbuild's. */
export async function whyTooLarge(): Promise<string | undefined> {
  return overBudget(await bundleExtension({ forPackage: true }))
}

function overBudget(files: ReadonlyMap<string, Uint8Array>): string | undefined {
  const budgets = { 'extension.cjs': EXTENSION_BUDGET, 'stats.js': PAGE_BUDGET }
  const [found] = Object.entries(budgets).filter(([name, budget]) => sizeOf(files, name) > budget)
  return found === undefined ? undefined : `${found[0]} has ${sizeOf(files, found[0])} bytes, more than ${found[1]}`
}

function sizeOf(files: ReadonlyMap<string, Uint8Array>, name: string): number {
  return files.get(name)?.byteLength ?? 0
}

async function bundleExtension({ forPackage = false, programs = architectures }: ExtensionOptions): Promise<Map<string, Uint8Array>> {
  const common = {
    absWorkingDir: root,
    write: false,
    bundle: true,
    minify: forPackage,
    sourcemap: forPackage ? false : 'linked',
    plugins: [zodNamespace, zodWithoutJsonSchema],
    legalComments: 'none',
    logLevel: 'warning',
  } satisfies BuildOptions
  const bundles = await Promise.all([
    build({
      ...common,
      entryPoints: ['src/extension.ts'],
      outfile: join(root, 'dist/extension.cjs'),
      format: 'cjs',
      platform: 'node',
      // What the oldest editor of `engines.vscode` runs on.
      target: 'node22',
      external: ['vscode'],
      define: {
        // zod asks for it to know Cloudflare's servers; in an extension host that only asking is an error in the log.
        navigator: 'undefined',
        POCKER_ANCHORS: JSON.stringify(readAnchors(programs)),
      },
    }),
    build({
      ...common,
      entryPoints: ['src/observe/stats/webview/main.ts'],
      outfile: join(root, 'dist/stats.js'),
      format: 'iife',
      platform: 'browser',
      target: 'es2023',
    }),
  ])
  return new Map(bundles.flatMap(({ outputFiles }) => outputFiles.map(({ path, contents }) => [basename(path), contents])))
}

/** SHA-256 of the programs' lists of files, by processor. */
function readAnchors(programs: readonly Architecture[]): Record<string, string> {
  const lists = programs.map((architecture) => ({ architecture, path: join(payloadFolder(architecture), MANIFEST) }))
  return Object.fromEntries(
    lists
      .filter(({ path }) => existsSync(path))
      .map(({ architecture, path }) => [architecture, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}
