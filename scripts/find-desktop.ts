import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../test/support/run.ts'

/**
 * The command of a VS Code that can open a window for this user, or undefined. Root has none on a desktop: Chromium refuses to run as root
 * without giving up its sandbox. In a terminal of VS Code the command speaks to that window, whoever the user is.
 */
export async function findDesktop(): Promise<string | undefined> {
  const { DISPLAY, WAYLAND_DISPLAY, VSCODE_IPC_HOOK_CLI } = process.env
  const hasDisplay = (DISPLAY ?? WAYLAND_DISPLAY ?? '') !== '' && process.getuid?.() !== 0
  if (!hasDisplay && VSCODE_IPC_HOOK_CLI === undefined) return undefined
  for (const command of ['code', 'codium', 'code-insiders']) {
    if (await isNewEnough(command)) return command
  }
  return undefined
}

async function isNewEnough(command: string): Promise<boolean> {
  // Not there, or something else of that name: both are no VS Code.
  const result = await run(command, ['--version']).catch(() => undefined)
  const found = versionOf(result?.code === 0 ? result.stdout : '')
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
