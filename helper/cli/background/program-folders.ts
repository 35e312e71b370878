/** Folders of earlier versions of the program, beside its own. */
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What a setting up that was cut off has left is old enough after this (milliseconds): another may be going on. */
const ABANDONED = 3_600_000

/**
 * Removes them, where the program is in a folder of `helper/api/bootstrap.ts`'s making; those that a process runs from, or that `keep`
 * names, stay. Errors: those of the file system.
 */
export function removeOldPrograms(own: string, keep: readonly string[]): void {
  if (!isProgram(basename(own))) return
  const place = dirname(own)
  const used = [own, ...keep, ...runningPrograms()]
  for (const name of readdirSync(place)) {
    const path = join(place, name)
    const old = isProgram(name) ? !used.some((text) => text.includes(path)) : /^new\.\d+(\.old)?$/.test(name) && isAbandoned(path)
    if (old && lstatSync(path).isDirectory()) rmSync(path, { recursive: true, force: true })
  }
}

function isProgram(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}

function isAbandoned(path: string): boolean {
  return Date.now() - lstatSync(path).mtimeMs > ABANDONED
}

/** The command lines of all processes: a helper's executable has no path, its arguments have. */
function runningPrograms(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    // Ended meanwhile.
    return ''
  }
}
