import { mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecked } from './run.ts'

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string
}

/** A folder of the test's own, whose name shows in mounts that outlive the test. Refuses to go while something is mounted in it. */
export function makeTemporaryFolder(purpose: string): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `pocker-test-${purpose}-`)))
  return { path, [Symbol.asyncDispose]: () => removeFolder(path) }
}

/** Removes a folder with all that is in it, unless a mount is there: behind a mount may lie the host's own files. */
export async function removeFolder(path: string): Promise<void> {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point === path || point.startsWith(`${path}/`))
  if (mounted.length > 0) throw new Error(`remove ${path}: still mounted: ${mounted.join(', ')}`)
  await runChecked('rm', ['-rf', '--one-file-system', '--', path])
}

/** Where things that take long to make are kept from one run to the next; it may not exist yet. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pocker-test')
}
