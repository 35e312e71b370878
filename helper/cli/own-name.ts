import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * How this program is called in a command line that somebody is to copy: `pocker` where the PATH leads to it, its launcher's path otherwise.
 * `program` is this program's own file.
 */
export function ownName(path: string | undefined, program = process.argv[1] ?? ''): string {
  const launcher = join(dirname(program), 'pocker')
  if (!existsSync(launcher)) return 'pocker'
  const first = (path ?? '')
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, 'pocker'))
    .find(existsSync)
  return first !== undefined && realpathSync(first) === realpathSync(launcher) ? 'pocker' : quoted(realpathSync(launcher))
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
