import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { replaceFile } from './place-file.ts'
import { zodNamespace } from './zod-namespace.ts'

const root = join(import.meta.dirname, '..')
const out = join(root, 'dist/extension.cjs')

/** An editor reads the whole file before the first view shows. In bytes, minified. */
export const EXTENSION_BUDGET = 500_000

export interface ExtensionOptions {
  /** Small and without a map, as it is packaged; else readable, with a map beside it. */
  readonly forPackage?: boolean
}

/** Writes `dist/extension.cjs`: CommonJS, which editors load faster than modules. Errors: esbuild's, which it has printed; the budget's. */
export async function buildExtension(options: ExtensionOptions = {}): Promise<void> {
  const files = await bundleExtension(options)
  if (options.forPackage === true && sizeOf(files) > EXTENSION_BUDGET)
    throw new Error(`bundle the extension: ${sizeOf(files)} bytes, more than ${EXTENSION_BUDGET}`)
  mkdirSync(join(root, 'dist'), { recursive: true })
  if (options.forPackage === true) rmSync(`${out}.map`, { force: true })
  for (const [name, content] of files) replaceFile(join(root, 'dist', name), content)
}

/** Its size as packaged, in bytes. Errors: esbuild's. */
export async function measureExtension(): Promise<number> {
  return sizeOf(await bundleExtension({ forPackage: true }))
}

async function bundleExtension({ forPackage = false }: ExtensionOptions): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/extension.ts'],
    outfile: out,
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    // What the oldest editor of `engines.vscode` runs on.
    target: 'node22',
    external: ['vscode'],
    // zod asks for it to know Cloudflare's servers; in an extension host that only asking is an error in the log.
    define: { navigator: 'undefined' },
    minify: forPackage,
    sourcemap: forPackage ? false : 'linked',
    plugins: [zodNamespace],
    legalComments: 'none',
    logLevel: 'warning',
  })
  const files = new Map(outputFiles.map(({ path, contents }) => [path.endsWith('.map') ? 'extension.cjs.map' : 'extension.cjs', contents]))
  return files
}

function sizeOf(files: ReadonlyMap<string, Uint8Array>): number {
  return files.get('extension.cjs')?.byteLength ?? 0
}
