/** OpenSSH's server: the machine's own, or the package's files, unpacked and not installed, for installing it would start one. */
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from './folders.ts'

export interface SshdProgram {
  readonly path: string
  /** A folder with libraries that come with it. */
  readonly libraries?: string
}

/** Undefined where there is none. */
export function sshdProgram(): SshdProgram | undefined {
  if (existsSync('/usr/sbin/sshd')) return { path: '/usr/sbin/sshd' }
  const folder = join(cacheFolder(), 'openssh-server')
  const path = join(folder, 'usr/sbin/sshd')
  const [library] = globSync(join(folder, 'usr/lib/*/libwrap.so.0'))
  return existsSync(path) && library !== undefined ? { path, libraries: dirname(library) } : undefined
}
