import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type BuildOptions, build, type Metafile, type TransformOptions, transform } from 'esbuild'
import { MANIFEST } from './manifest.ts'
import { type Architecture, architectures } from './native-files.ts'
import { payloadFolder } from './payload-folder.ts'
import { replaceFile } from './place-file.ts'
import { withoutNativeSsh } from './without-native-ssh.ts'
import { zodNamespace } from './zod-namespace.ts'
import { zodWithoutJsonSchema } from './zod-without-json-schema.ts'

const root = join(import.meta.dirname, '..')

/** An editor reads these files before the first view shows. In bytes, minified. */
export const EXTENSION_BUDGET = 500_000
/** The statistics page's program, likewise. */
export const PAGE_BUDGET = 20_000

export interface ExtensionOptions {
  /** Small and without a map, as it is packaged; else readable, with a map beside it. */
  readonly forPackage?: boolean
  /** The programs that it can start are those of `dist/helper/` for these; all that are there when left out. */
  readonly programs?: readonly Architecture[]
}

interface Bundle {
  /** By their paths below the repository. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Those that are read when the extension is activated. */
  readonly atStart: readonly string[]
}

const FOLDER = 'dist/extension'
const MAIN = `${FOLDER}/extension.cjs`
const PAGE = 'dist/stats.js'

/**
 * Writes `dist/extension/`, CommonJS, which editors load faster than modules, and `dist/stats.js`, the statistics page's. The programs in
 * `dist/helper/` come first: their hashes are in it. Errors: esbuild's, which it has printed; the budgets'.
 */
export async function buildExtension(options: ExtensionOptions = {}): Promise<void> {
  const bundle = await bundleExtension(options)
  const tooLarge = options.forPackage === true ? overBudget(bundle) : undefined
  if (tooLarge !== undefined) throw new Error(`bundle the extension: ${tooLarge}`)
  const names = [...bundle.files.keys()]
  mkdirSync(join(root, FOLDER), { recursive: true })
  for (const [name, content] of bundle.files) replaceFile(join(root, name), content)
  // Parts of an earlier build: their names have their hashes.
  for (const name of readdirSync(join(root, FOLDER))) if (!names.includes(`${FOLDER}/${name}`)) rmSync(join(root, FOLDER, name))
}

/** What of it is too large as packaged, or undefined. Errors: esbuild's. */
export async function whyTooLarge(): Promise<string | undefined> {
  return overBudget(await bundleExtension({ forPackage: true }))
}

function overBudget({ files, atStart }: Bundle): string | undefined {
  const sizeOf = (name: string): number => files.get(name)?.byteLength ?? 0
  const program = atStart.reduce((sum, name) => sum + sizeOf(name), 0)
  if (program > EXTENSION_BUDGET) return `what is read at the start has ${program} bytes, more than ${EXTENSION_BUDGET}`
  return sizeOf(PAGE) > PAGE_BUDGET ? `${PAGE} has ${sizeOf(PAGE)} bytes, more than ${PAGE_BUDGET}` : undefined
}

async function bundleExtension({ forPackage = false, programs = architectures }: ExtensionOptions): Promise<Bundle> {
  const common = {
    absWorkingDir: root,
    write: false,
    bundle: true,
    minify: forPackage,
    sourcemap: forPackage ? false : 'inline',
    plugins: [zodNamespace, zodWithoutJsonSchema, withoutNativeSsh],
    legalComments: 'none',
    logLevel: 'warning',
  } satisfies BuildOptions
  const [program, page] = await Promise.all([
    build({
      ...common,
      entryPoints: ['src/extension.ts'],
      outdir: FOLDER,
      outExtension: { '.js': '.cjs' },
      // esbuild divides only modules: what is behind an `import()` becomes a file of its own, read when it is first wanted.
      format: 'esm',
      splitting: true,
      metafile: true,
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
  const files = new Map(page.outputFiles.map(({ path, contents }) => [relative(root, path), contents]))
  for (const { path, text } of program.outputFiles) files.set(relative(root, path), await asCommonJs(text, common))
  return { files, atStart: readAtStart(program.metafile) }
}

async function asCommonJs(module: string, { minify, sourcemap }: Pick<TransformOptions, 'minify' | 'sourcemap'>): Promise<Uint8Array> {
  const { code } = await transform(module, {
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    // `import()` becomes a promise of `require`: an extension host finds `vscode` only for that.
    supported: { 'dynamic-import': false },
    ...(minify === undefined ? {} : { minify }),
    ...(sourcemap === undefined ? {} : { sourcemap }),
  })
  return Buffer.from(code)
}

/** The files that are read when the extension is: the first one and those that it imports, directly or not. */
function readAtStart({ outputs }: Metafile): string[] {
  const found = new Set([MAIN])
  for (const path of found) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) found.add(imported)
    }
  }
  return [...found]
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
