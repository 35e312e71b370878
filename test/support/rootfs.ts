/** A tiny root filesystem that needs no image, registry or network: static busybox and our own probe program. */
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, makeTemporaryFolder, type TemporaryFolder } from './folders.ts'
import { runChecked } from './run.ts'

const BUSYBOX = '/bin/busybox'
const fixtures = join(import.meta.dirname, '../fixtures')

/** What is missing on this machine to make the filesystem, as a sentence, or undefined. */
export function whyNoRootfs(): string | undefined {
  if (!existsSync(BUSYBOX)) return 'no /bin/busybox: the package busybox-static is not installed'
  if (!existsSync('/usr/bin/gcc')) return 'no /usr/bin/gcc: the package gcc is not installed'
  return undefined
}

/**
 * Makes the filesystem in a folder of its own: busybox with all its applets, `/bin/probe` (see test/fixtures/probe.c for its verbs),
 * users root, user (1000, also in group extra 2000) and nobody.
 */
export async function makeRootfs(): Promise<TemporaryFolder> {
  const folder = makeTemporaryFolder('rootfs')
  const root = folder.path
  chmodSync(root, 0o755)
  for (const name of ['bin', 'dev', 'etc', 'home', 'proc', 'root', 'run', 'sys', 'tmp', 'usr', 'var']) mkdirSync(join(root, name), 0o755)
  for (const name of ['home/user', 'usr/bin', 'var/tmp']) mkdirSync(join(root, name))
  chmodSync(join(root, 'tmp'), 0o1777)
  copyFileSync(BUSYBOX, join(root, 'bin/busybox'))
  for (const applet of (await runChecked(BUSYBOX, ['--list'])).split('\n')) {
    if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet))
  }
  copyFileSync(await buildProbe(), join(root, 'bin/probe'))
  writeFileSync(join(root, 'etc/passwd'), passwd)
  writeFileSync(join(root, 'etc/group'), group)
  await runChecked('chown', ['1000:1000', join(root, 'home/user')])
  return folder
}

const passwd = `root:x:0:0:root:/root:/bin/sh
user:x:1000:1000:user:/home/user:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
`

const group = `root:x:0:
user:x:1000:
extra:x:2000:user
nogroup:x:65534:
`

/** The path of the static probe program, compiled when its source has changed. */
export async function buildProbe(): Promise<string> {
  const sources = readdirSync(fixtures).filter((name) => /^probe.*\.[ch]$/.test(name))
  const hash = createHash('sha256').update(process.arch)
  for (const name of sources) hash.update(readFileSync(join(fixtures, name)))
  const path = join(cacheFolder(), `probe-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(path)) return path
  mkdirSync(cacheFolder(), { recursive: true })
  const fresh = `${path}.${process.pid}`
  const inputs = sources.filter((name) => name.endsWith('.c')).map((name) => join(fixtures, name))
  await runChecked('gcc', ['-static', '-O1', '-Wall', '-Wextra', '-Werror', '-s', '-o', fresh, ...inputs])
  renameSync(fresh, path)
  return path
}
