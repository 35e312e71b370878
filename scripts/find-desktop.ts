import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../test/support/run.ts'

export interface Login {
  readonly env: NodeJS.ProcessEnv
  readonly isRoot: boolean
}

/**
 * The command of a VS Code that can open a window for this user, or undefined. Root has none on a desktop: Chromium refuses to run as root
 * without giving up its sandbox. In a terminal of VS Code the command speaks to that window, whoever the user is.
 */
export async function findDesktop({ env, isRoot }: Login): Promise<string | undefined> {
  const hasDisplay = [env.DISPLAY, env.WAYLAND_DISPLAY].some((display) => display !== undefined && display !== '') && !isRoot
  if (!hasDisplay && env.VSCODE_IPC_HOOK_CLI === undefined) return undefined
  for (const command of ['code', 'codium', 'code-insiders']) {
    if (await isNewEnough(command, env)) return command
  }
  return undefined
}

async function isNewEnough(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const isThere = (env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, command)))
  if (!isThere) return false
  const { code, stdout } = await run(command, ['--version'], { env })
  const found = versionOf(code === 0 ? stdout : '')
  if (found === undefined) return false
  const oldest = oldestVersion()
  const isEnough = found.major > oldest.major || (found.major === oldest.major && found.minor >= oldest.minor)
  if (!isEnough) console.log(`${command} is ${found.major}.${found.minor}; Pocker needs ${oldest.major}.${oldest.minor}`)
  return isEnough
}

interface Version {
  readonly major: number
  readonly minor: number
}

function versionOf(text: string): Version | undefined {
  const [, major, minor] = /^\^?(\d+)\.(\d+)\./.exec(text) ?? []
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) }
}

function oldestVersion(): Version {
  const { engines }: { engines: { vscode: string } } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const version = versionOf(engines.vscode)
  if (version === undefined) throw new Error(`read engines.vscode of package.json: ${engines.vscode} is no version`)
  return version
}
