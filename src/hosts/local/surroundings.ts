/** What the extension knows of the machine it runs on, and of the session. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'

export interface Surroundings {
  /** Node's name of the system, such as `linux`. */
  readonly platform: string
  readonly uid: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** The editor's windows are on another machine: no dialog of this one's desktop would be seen. */
  readonly isRemote: boolean
  /** Where sudo, pkexec and doas are looked for: folders that only root can write to, and never the PATH, which others may have set. */
  readonly programFolders: readonly string[]
  /** `flatpak`, or `snap` where it is confined. */
  readonly sandbox: 'flatpak' | 'snap' | undefined
  /** The session can gain no rights by sudo and the like. */
  readonly noNewPrivileges: boolean
  /** Where the helper has its sockets. */
  readonly runRoot: string
}

const PROGRAM_FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin', '/run/wrappers/bin']

/** This machine's. */
export function readSurroundings(isRemote: boolean): Surroundings {
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    env: process.env,
    isRemote,
    programFolders: PROGRAM_FOLDERS,
    sandbox: findSandbox(),
    noNewPrivileges: /^NoNewPrivs:\s*1$/m.test(readText('/proc/self/status')),
    runRoot: '/run/pocker',
  }
}

/** The user's name, or number where this machine knows no name. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    // Containers often run as a number without an account.
    return String(process.getuid?.() ?? '')
  }
}

/** The path of a program in the trusted folders; undefined where it is not to be had. */
export function findProgram({ programFolders }: Surroundings, name: string): string | undefined {
  return programFolders.map((folder) => join(folder, name)).find(isExecutable)
}

/** The socket that the helper has for this user. */
export function ownSocket({ runRoot, uid }: Surroundings): string {
  return uid === 0 ? join(runRoot, 'pocker.sock') : join(runRoot, String(uid), 'pocker.sock')
}

/** A dialog of the desktop would be seen by who sits in front of the editor. */
export function isGraphical({ env, isRemote }: Surroundings): boolean {
  return !isRemote && Boolean(env.DISPLAY || env.WAYLAND_DISPLAY) && !env.SSH_CONNECTION && !env.SSH_TTY
}

function findSandbox(): Surroundings['sandbox'] {
  if (existsSync('/.flatpak-info')) return 'flatpak'
  // A classic snap, as VS Code's is, has a label too, but is not confined by it.
  return /^snap\.[^ ]+ \(enforce\)/.test(readText('/proc/self/attr/current')) ? 'snap' : undefined
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not every system has it.
    return ''
  }
}
