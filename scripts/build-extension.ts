import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { replaceFile } from './place-file.ts'
import { withoutNativeSsh } from './without-native-ssh.ts'
import { zodNamespace } from './zod-namespace.ts'

const root = join(import.meta.dirname, '..')
const out = join(root, 'dist')
const [MAIN, SSH] = ['extension.cjs', 'ssh.cjs'] as const

/** An editor reads the whole file before the first view shows. In bytes, minified. */
export const EXTENSION_BUDGET = 500_000

export interface ExtensionOptions {
  /** Small and without a map, as it is packaged; else readable, with a map beside it. */
  readonly forPackage?: boolean
}

/**
 * Writes `dist/extension.cjs`: CommonJS, which editors load faster than modules; and beside it `dist/ssh.cjs`, which is read when a host is first
 * reached over SSH. Errors: esbuild's, which it has printed; the budget's.
 */
export async function buildExtension(options: ExtensionOptions = {}): Promise<void> {
  const files = new Map([...(await bundle('src/extension.ts', MAIN, options)), ...(await bundle('ssh/remote.ts', SSH, options))])
  if (options.forPackage === true && sizeOf(files) > EXTENSION_BUDGET)
    throw new Error(`bundle the extension: ${sizeOf(files)} bytes, more than ${EXTENSION_BUDGET}`)
  mkdirSync(out, { recursive: true })
  if (options.forPackage === true) for (const name of [MAIN, SSH]) rmSync(join(out, `${name}.map`), { force: true })
  for (const [name, content] of files) replaceFile(join(out, name), content)
}

/** Its size as packaged, in bytes, without what is read later. Errors: esbuild's. */
export async function measureExtension(): Promise<number> {
  return sizeOf(await bundle('src/extension.ts', MAIN, { forPackage: true }))
}

async function bundle(entry: string, name: string, { forPackage = false }: ExtensionOptions): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(out, name),
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
    plugins: [zodNamespace, withoutNativeSsh, ...(name === SSH ? [] : [sshLater])],
    legalComments: 'none',
    logLevel: 'warning',
  })
  return new Map(outputFiles.map(({ path, contents }) => [path.endsWith('.map') ? `${name}.map` : name, contents]))
}

/** Leaves the import of what speaks SSH as one of its file. */
const sshLater: Plugin = {
  name: 'ssh-later',
  setup(setup) {
    setup.onResolve({ filter: /\/ssh\/remote\.ts$/ }, () => ({ path: `./${SSH}`, external: true }))
  },
}

function sizeOf(files: ReadonlyMap<string, Uint8Array>): number {
  return files.get(MAIN)?.byteLength ?? 0
}
