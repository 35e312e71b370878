import type { MergedConfig } from './merged-config.ts'
import { invalid } from './refuse.ts'
import { parseSignal } from './signal.ts'
import { checkUser } from './user.ts'

// A folder that a descriptor of the helper's might show (CVE-2024-21626); the launch closes them as well.
const DESCRIPTOR_FOLDER = /^\/(proc|dev)\/([^/]+\/)*(fd|cwd|root|map_files)(\/|$)/

/**
 * What is run, as whom, where and with what.
 * Errors: `bad-working-dir`, `bad-env`, `bad-command`, `bad-user`, `bad-signal`, `bad-stop-timeout`.
 */
export function checkProcess(config: MergedConfig, groupAdd: readonly string[]): void {
  checkWorkingDir(config.WorkingDir)
  for (const entry of config.Env) checkEnv(entry)
  for (const word of [...config.Entrypoint, ...config.Cmd])
    if (word.includes('\0')) throw invalid('bad-command', 'run command: it holds a NUL character')
  if ((config.Entrypoint[0] ?? config.Cmd[0]) === '') throw invalid('bad-command', 'run command: its first word is empty')
  checkUser(config.User, groupAdd)
  if (config.StopSignal !== undefined) parseSignal(config.StopSignal)
  if (config.StopTimeout !== undefined && config.StopTimeout < -1) {
    throw invalid('bad-stop-timeout', `use stop timeout ${config.StopTimeout}: it must be seconds, or -1 for ever`)
  }
}

/** Errors: `bad-working-dir`. */
export function checkWorkingDir(folder: string): void {
  if (folder === '') return
  if (!folder.startsWith('/')) throw invalid('bad-working-dir', `use working directory '${folder}': it needs to be an absolute path`)
  if (folder.includes('\0') || DESCRIPTOR_FOLDER.test(folder)) {
    throw invalid('bad-working-dir', `use working directory '${folder}': it is not a folder of the container`)
  }
}

/** Errors: `bad-env`. */
export function checkEnv(entry: string): void {
  if (entry === '' || entry.startsWith('=')) throw invalid('bad-env', `set environment variable '${entry}': it has no name`)
  if (entry.includes('\0')) throw invalid('bad-env', 'set environment variable: it holds a NUL character')
}
