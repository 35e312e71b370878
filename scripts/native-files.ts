/** The two files of the program that differ by processor: Node and koffi's native part. Both come as npm packages. */
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { isUnpacked, lockedPackage, unpackFromNpm } from './npm-package.ts'

const root = join(import.meta.dirname, '..')
const fetched = join(root, 'node_modules/.cache/native')

/** As Node and npm call it. */
export type Architecture = 'x64' | 'arm64'

/** Those that the helper runs on. */
export const architectures: readonly Architecture[] = ['x64', 'arm64']

/** Paths of files that exist. */
export interface NativeFiles {
  readonly node: string
  readonly koffi: string
}

/** Errors: one for a machine that the helper does not run on. */
export function thisArchitecture(): Architecture {
  const found = architectures.find((architecture) => architecture === process.arch)
  if (found === undefined) throw new Error(`build the helper: it runs on x64 and arm64, this is ${process.arch}`)
  return found
}

/** Where they are. Errors: one that says what is missing; `fetchNativeFiles` fetches another processor's. */
export function nativeFiles(architecture: Architecture): NativeFiles {
  const folder = architecture === process.arch ? join(root, 'node_modules') : fetched
  const files = pathsIn(folder, architecture)
  const missing = [files.node, files.koffi].find((path) => !existsSync(path))
  if (missing !== undefined) throw new Error(`build for ${architecture}: ${missing} is not there`)
  return files
}

/** Fetches another processor's files from npm, checked against package-lock.json; what is there already stays. */
export async function fetchNativeFiles(architecture: Architecture): Promise<void> {
  if (architecture === process.arch) return
  for (const name of [`node-linux-${architecture}`, `@koromix/koffi-linux-${architecture}`]) {
    const item = lockedPackage(name)
    if (!isUnpacked(item, join(fetched, name))) console.log(`fetching ${name} ${item.version} from npm`)
    await unpackFromNpm(item, join(fetched, name))
  }
  // As npm installs it: a library is no program.
  chmodSync(pathsIn(fetched, architecture).koffi, 0o644)
}

function pathsIn(folder: string, architecture: Architecture): NativeFiles {
  return {
    node: join(folder, `node-linux-${architecture}/bin/node`),
    koffi: join(folder, `@koromix/koffi-linux-${architecture}/linux_${architecture}/koffi.node`),
  }
}
