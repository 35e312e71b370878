/**
 * `npm run package [-- TARGET...]`: the extension as VSIX files in `dist/`. One for each Linux that the helper runs on, with the helper in it; and one
 * for all other systems, whose users have their containers on Linux hosts: it carries the helper for both processors.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import vsce from '@vscode/vsce'
import { buildPocker, program } from './build.ts'
import { buildExtension } from './build-extension.ts'
import { type Architecture, architectures, fetchNativeFiles, thisArchitecture } from './native-files.ts'
import { writeNotices } from './notices.ts'
import { packagePath, type Target, targets } from './package-path.ts'
import { payloadFolder } from './payload-folder.ts'

const root = join(import.meta.dirname, '..')
/**
 * Builds what is in the packages and then the packages that would be others than they are; resolves to their paths. Files of other processors
 * are fetched from npm once. Errors: those of the builds and of npm; vsce's.
 */
export async function makePackages(wanted: readonly Target[]): Promise<string[]> {
  // Modes are packed as they are on the disk.
  process.umask(0o022)
  const needed = architectures.filter((architecture) => wanted.some((target) => architecturesOf(target).includes(architecture)))
  for (const architecture of needed) {
    await fetchNativeFiles(architecture)
    const isHere = architecture === thisArchitecture()
    await buildPocker(isHere ? program : { parts: program.parts, out: payloadFolder(architecture), architecture })
  }
  writeNotices(join(root, 'dist/ThirdPartyNotices.txt'))
  // The same sources make the same package, to the byte; zip knows no time before 1980.
  process.env.SOURCE_DATE_EPOCH ??= '315532800'
  for (const target of wanted) await makePackage(target)
  return wanted.map(packagePath)
}

async function makePackage(target: Target): Promise<void> {
  await buildExtension({ forPackage: true, programs: architecturesOf(target) })
  const folder = mkdtempSync(join(tmpdir(), 'pocker-package-'))
  try {
    // The payload of this target alone: what the ignore file allows cannot be taken back by another line.
    const ignoreFile = join(folder, 'ignore')
    const allowed = readFileSync(join(root, '.vscodeignore'), 'utf8')
    writeFileSync(ignoreFile, target === 'universal' ? allowed : allowed.replaceAll('!dist/helper/*/', `!dist/helper/${target}/`))
    const path = packagePath(target)
    const stamp = await stampOf(relative(root, ignoreFile))
    if (existsSync(path) && existsSync(`${path}.stamp`) && readFileSync(`${path}.stamp`, 'utf8') === stamp) return
    await vsce.createVSIX({
      cwd: root,
      packagePath: path,
      ...(target === 'universal' ? {} : { target }),
      ignoreFile: relative(root, ignoreFile),
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    })
    writeFileSync(`${path}.stamp`, stamp)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Whose programs are in the package; what the extension starts is known by its hash. */
function architecturesOf(target: Target): readonly Architecture[] {
  return architectures.filter((architecture) => target === 'universal' || target === `linux-${architecture}`)
}

/** Changes with what is packed: compressing Node takes five seconds, and most of the time it is the same as before. */
async function stampOf(ignoreFile: string): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename))
  for (const name of (await vsce.listFiles({ cwd: root, packageManager: vsce.PackageManager.None, ignoreFile })).toSorted()) {
    const path = join(root, name)
    hash.update(`${name} ${statSync(path).mode} `).update(readFileSync(path))
  }
  return hash.digest('hex')
}

if (import.meta.main) {
  const words = process.argv.slice(2)
  const wanted = words.length === 0 ? targets : targets.filter((target) => words.includes(target))
  const unknown = words.find((word) => !targets.some((target) => target === word))
  if (unknown !== undefined) throw new Error(`package ${unknown}: there is ${targets.join(', ')}`)
  for (const path of await makePackages(wanted)) console.log(`${relative(root, path)}  ${(statSync(path).size / 1e6).toFixed(1)} MB`)
}
