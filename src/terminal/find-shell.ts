/** The best shell of a container, found by looking: a container that has none, or a broken one, is asked to run nothing. */
import { posix } from 'node:path'
import { accountOf, parseAccounts } from './accounts.ts'
import type { ContainerFiles } from './container-files.ts'

/** After the user's own. The last one is where images without a system's layout have a shell for debugging. */
const SHELLS = [
  '/bin/bash',
  '/usr/bin/bash',
  '/usr/local/bin/bash',
  '/bin/zsh',
  '/usr/bin/zsh',
  '/bin/ash',
  '/usr/bin/ash',
  '/bin/sh',
  '/usr/bin/sh',
  '/busybox/sh',
]

/** What accounts have in place of a shell when nobody shall log in. */
const NONE = new Set(['', 'nologin', 'false', 'true', 'sync', 'halt', 'shutdown'])
const LARGEST_PASSWD = 256 << 10

/** Its path; nothing where there is none. `user` is in Docker's notation. Errors: EngineError. */
export async function findShell(files: ContainerFiles, user: string): Promise<string | undefined> {
  const passwd = await files.read('/etc/passwd', LARGEST_PASSWD)
  const own = accountOf(parseAccounts(passwd?.toString('utf8') ?? ''), user)?.shell ?? ''
  const candidates = isShell(own) ? [own, ...SHELLS] : SHELLS
  for (const path of new Set(candidates)) {
    const look = await files.look(path)
    if (look?.isFile === true && look.isExecutable) return path
  }
  return undefined
}

function isShell(path: string): boolean {
  return posix.isAbsolute(path) && posix.normalize(path) === path && !NONE.has(posix.basename(path))
}
