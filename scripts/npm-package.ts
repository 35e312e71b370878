/** Packages from npm that are not dependencies of this one: unpacked where they are wanted, and nothing in them is run. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runChecked } from '../test/support/run.ts'

export interface NpmPackage {
  readonly name: string
  readonly version: string
  /** As in a lock file: `sha512-` and base64. */
  readonly integrity: string
}

/** A download of some 50 MB, on a slow line. */
const DEADLINE = 900_000

/** The package as package-lock.json has it. Errors: one for a package that is not in there. */
export function lockedPackage(name: string): NpmPackage {
  const lock: { packages: Record<string, { version?: string; integrity?: string }> } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8'),
  )
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {}
  if (version === undefined || integrity === undefined)
    throw new Error(`find ${name}: package-lock.json has no version and integrity of it`)
  return { name, version, integrity }
}

/** Whether the folder holds just this package. */
export function isUnpacked({ integrity }: NpmPackage, folder: string): boolean {
  const mark = markOf(folder)
  return existsSync(mark) && readFileSync(mark, 'utf8') === integrity
}

/**
 * Fetches a package, by npm's cache where it is in there, and gives its content the place `folder`, unless it has it already. `finish` may
 * complete the content before it takes that place. Errors: npm's; an archive that is another than the integrity says.
 */
export async function unpackFromNpm(item: NpmPackage, folder: string, finish?: (folder: string) => Promise<void>): Promise<void> {
  if (isUnpacked(item, folder)) return
  mkdirSync(dirname(folder), { recursive: true })
  const work = mkdtempSync(join(dirname(folder), '.unpacking-'))
  try {
    await npm(['pack', `${item.name}@${item.version}`, '--pack-destination', work, '--silent'], work)
    const archive = join(work, `${item.name.replace('@', '').replace('/', '-')}-${item.version}.tgz`)
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
    if (found !== item.integrity) throw new Error(`fetch ${item.name}: it is ${found}, not ${item.integrity}`)
    const content = join(work, 'content')
    mkdirSync(content)
    await runChecked('tar', ['-xzf', archive, '-C', content, '--strip-components=1', '--no-same-owner'], { timeout: DEADLINE })
    await finish?.(content)
    writeFileSync(markOf(content), item.integrity)
    rmSync(folder, { recursive: true, force: true })
    renameSync(content, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Runs npm without install scripts: what they would do is not needed, and they would do it with this user's rights. */
export async function npm(args: readonly string[], cwd: string): Promise<void> {
  const { NODE_OPTIONS: _, ...env } = process.env
  await runChecked('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, env, timeout: DEADLINE })
}

function markOf(folder: string): string {
  return join(folder, '.integrity')
}
