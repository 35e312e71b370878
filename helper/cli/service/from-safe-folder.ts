import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import type { Target } from '../target.ts'

/** Puts this program into a folder that only root can write to and runs it from there; resolves to its exit code. Errors: `no-manifest`. */
export async function runFromSafeFolder(program: string, words: readonly string[], target: Target): Promise<number> {
  const { spawn } = await import('node:child_process')
  const { bootstrapCommand } = await import('../../api/bootstrap.ts')
  const env = { HOME: '/root', POCKER_DATA_ROOT: target.dataRoot, POCKER_RUN_ROOT: target.runRoot }
  const [command, ...args] = bootstrapCommand({ nonce: '', source: program, files: readManifest(program), words })
  const child = spawn(command, args, { stdio: 'inherit', env })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.once('error', reject)
  child.once('close', (code) => resolve(code ?? 1))
  return promise
}

function readManifest(program: string): Record<string, string> {
  const path = join(program, 'manifest.json')
  try {
    const { files }: { files: Record<string, string> } = JSON.parse(readFileSync(path, 'utf8'))
    return files
  } catch (cause) {
    throw new PockerError('Unavailable', `install the program: "${path}" does not list its files`, {
      code: 'no-manifest',
      hint: 'build it anew with npm run build',
      cause,
    })
  }
}
