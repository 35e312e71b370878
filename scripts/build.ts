/** `npm run build`: bundles the command line and the helper into a folder of `dist/`, beside the Node that runs them, and the extension. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { buildExtension } from './build-extension.ts'
import { writeManifest } from './manifest.ts'
import { type Architecture, nativeFiles, thisArchitecture } from './native-files.ts'
import { payloadFolder } from './payload-folder.ts'
import { placeFile, placeLink, replaceFile } from './place-file.ts'
import { withoutNativeSsh } from './without-native-ssh.ts'
import { zodNamespace } from './zod-namespace.ts'

const root = join(import.meta.dirname, '..')

export interface BuildOptions {
  /** The source files that become files of their own in the program's folder, by those files' names; `main` is where it begins. */
  readonly parts: Readonly<Record<string, string>>
  /** The folder to fill; files of an earlier build that are no longer wanted leave it. */
  readonly out: string
  /** Whose Node and native part lie beside the bundle, which is the same everywhere; this machine's when left out. */
  readonly architecture?: Architecture
  /** A path that becomes a link to the program. */
  readonly link?: string
}

/**
 * The command line as one file, the helper as another that is read only when it is run, the programs of the processes that read archives
 * and serve files, the doctor, and what all must have but once: an error made by one is recognised by the other, and koffi knows each type
 * once in a process. A file for each command as well would cost `pocker run` 3 ms.
 */
export const program = {
  parts: {
    main: join(root, 'helper/cli/pocker.ts'),
    helper: join(root, 'helper/main.ts'),
    archive: join(root, 'helper/archive/worker.ts'),
    doctor: join(root, 'helper/doctor/doctor.ts'),
    machine: join(root, 'helper/linux/machine.ts'),
    files: join(root, 'helper/files/serve/worker.ts'),
    errors: join(root, 'helper/api/errors.ts'),
    ssh: join(root, 'ssh/remote.ts'),
  },
  out: payloadFolder(thisArchitecture()),
  link: join(root, 'dist/pocker'),
} satisfies BuildOptions

/**
 * Builds the program `<out>/pocker` with everything it needs beside it.
 * Errors: esbuild's, which it has printed; ENOENT when the packages are not installed.
 */
export async function buildPocker(options: BuildOptions): Promise<void> {
  mkdirSync(options.out, { recursive: true })
  const result = await build({
    absWorkingDir: root,
    entryPoints: { ...options.parts },
    outdir: options.out,
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    outExtension: { '.js': '.mjs' },
    plugins: [zodNamespace, nativeKoffi, withoutNativeSsh, separateParts(options.parts)],
    legalComments: 'none',
    logLevel: 'warning',
  })
  const files = new Map<string, string | Uint8Array>(result.outputFiles.map((file) => [basename(file.path), withRequire(file.text)]))
  files.set('pocker.mjs', starter)
  files.set('pocker', launcher)
  for (const [name, content] of files) replaceFile(join(options.out, name), content)
  chmodSync(join(options.out, 'pocker'), 0o755)
  const native = nativeFiles(options.architecture ?? thisArchitecture())
  placeFile(native.koffi, join(options.out, 'koffi.node'))
  placeFile(native.node, join(options.out, 'node'))
  for (const name of readdirSync(options.out)) if (name.endsWith('.mjs') && !files.has(name)) rmSync(join(options.out, name))
  writeManifest(options.out)
  if (options.link !== undefined) placeLink(join(options.out, 'pocker'), options.link)
}

/** ssh2 and dns-packet are CommonJS and have use for what modules do not have. */
function withRequire(code: string): string {
  if (!code.includes('__require(')) return code
  return `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\nconst __dirname = import.meta.dirname\n${code}`
}

/** Leaves an import of another part as an import of that part's file. */
function separateParts(parts: Readonly<Record<string, string>>): Plugin {
  const files = new Map(Object.entries(parts).map(([name, source]) => [source, `./${name}.mjs`]))
  return {
    name: 'separate-parts',
    setup(setup) {
      setup.onResolve({ filter: /^\./ }, (args) => {
        const file = args.kind === 'entry-point' ? undefined : files.get(join(args.resolveDir, args.path))
        return file === undefined ? undefined : { path: file, external: true }
      })
    },
  }
}

/** Loads koffi's native part directly: its own loader looks through a dozen places and reads Node's ELF header first (2 ms). */
const nativeKoffi: Plugin = {
  name: 'native-koffi',
  setup(setup) {
    setup.onResolve({ filter: /^koffi$/ }, () => ({ path: 'koffi', namespace: 'native' }))
    setup.onLoad({ filter: /.*/, namespace: 'native' }, () => ({
      contents: `import { createRequire } from 'node:module'\nexport default createRequire(import.meta.url)('./koffi.node')\n`,
      loader: 'js',
    }))
  },
}

// The compile cache saves about 3 ms of each start once the code has been run. It lies beside the code and so has the code's owner:
// nobody can put code there who could not change the program itself.
const starter = `import { enableCompileCache } from 'node:module'
enableCompileCache(import.meta.dirname + '/cache')
await import('./main.mjs')
`

// Root runs this with whatever environment sudo, ssh or an editor left behind: nothing in it may load code into Node or change how it
// checks certificates. The helper gets an environment of its own making, and a small heap for new objects, one thread for collecting them
// and one malloc arena: that is 100 MB instead of 150 after a thousand containers, at the same speed.
const launcher = `#!/bin/sh
self=$0
while [ -L "$self" ]; do
  target=$(readlink -- "$self")
  case $target in
    /*) self=$target ;;
    *) self=\${self%/*}/$target ;;
  esac
done
case $self in
  */*) here=\${self%/*} ;;
  *) here=. ;;
esac
unset NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_COMPILE_CACHE NODE_DISABLE_COMPILE_CACHE
unset NODE_V8_COVERAGE NODE_REDIRECT_WARNINGS NODE_REPL_EXTERNAL_MODULE NODE_DEBUG NODE_DEBUG_NATIVE NODE_ICU_DATA NODE_CHANNEL_FD
unset NODE_PRESERVE_SYMLINKS NODE_PRESERVE_SYMLINKS_MAIN NODE_PENDING_DEPRECATION NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA
unset NODE_TEST_CONTEXT NODE_UNIQUE_ID SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF OPENSSL_MODULES ELECTRON_RUN_AS_NODE
unset LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT BASH_ENV ENV UV_THREADPOOL_SIZE UV_USE_IO_URING
if [ "\${1-}" = helper ]; then
  exec "$(command -v /usr/bin/env || command -v env)" -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="\${HOME:-/}" MALLOC_ARENA_MAX=1 \\
    \${HTTP_PROXY:+HTTP_PROXY="$HTTP_PROXY"} \${HTTPS_PROXY:+HTTPS_PROXY="$HTTPS_PROXY"} \${NO_PROXY:+NO_PROXY="$NO_PROXY"} \\
    \${http_proxy:+http_proxy="$http_proxy"} \${https_proxy:+https_proxy="$https_proxy"} \${no_proxy:+no_proxy="$no_proxy"} \\
    \${XDG_RUNTIME_DIR:+XDG_RUNTIME_DIR="$XDG_RUNTIME_DIR"} \${XDG_DATA_HOME:+XDG_DATA_HOME="$XDG_DATA_HOME"} \\
    "$here/node" --disable-warning=ExperimentalWarning --max-semi-space-size=4 --v8-pool-size=1 "$here/pocker.mjs" "$@"
fi
exec "$here/node" --disable-warning=ExperimentalWarning "$here/pocker.mjs" "$@"
`

if (import.meta.main) {
  await buildPocker(program)
  await buildExtension()
}
