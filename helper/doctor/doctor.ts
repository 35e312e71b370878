/** The doctor: what this machine lets Pocker do, and what to do about the rest. */
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { release } from 'node:os'
import { dirname } from 'node:path'
import type { Finding } from '../api/doctor.ts'
import { type Check, type DoctorHost, examine } from './check.ts'
import { cgroupChecks } from './checks/cgroups.ts'
import { kernelChecks } from './checks/kernel.ts'
import { namespaceChecks } from './checks/namespaces.ts'
import { networkChecks } from './checks/network.ts'
import { privilegeChecks } from './checks/privilege.ts'
import { storageChecks } from './checks/storage.ts'
import { surroundingsChecks } from './checks/surroundings.ts'

export interface DoctorOptions {
  readonly dataRoot: string
  readonly env: DoctorHost['env']
  readonly now: number
}

/** About the machine: the same whoever asks, but for what takes root to see. */
export const machineChecks: readonly Check[] = [
  ...surroundingsChecks,
  ...kernelChecks,
  ...namespaceChecks,
  ...cgroupChecks,
  ...storageChecks,
  ...networkChecks,
]

/** What the machine lets Pocker do, tried for real as far as this process may. */
export async function examineMachine(options: DoctorOptions): Promise<Finding[]> {
  return examine(await thisHost(options), machineChecks)
}

/** How the user of this process becomes root. */
export async function examineUser(options: DoctorOptions): Promise<Finding[]> {
  return examine(await thisHost(options), privilegeChecks)
}

async function thisHost({ dataRoot, env, now }: DoctorOptions): Promise<DoctorHost> {
  const uid = process.getuid?.() ?? 0
  return {
    architecture: process.arch,
    release: release(),
    uid,
    env,
    now,
    built: statSync(import.meta.filename).mtimeMs,
    dataRoot,
    read: readSmall,
    exists: existsSync,
    free,
    ...(await loadAttempts(uid)),
  }
}

async function loadAttempts(uid: number): Promise<Pick<DoctorHost, 'attempts' | 'nativeProblem'>> {
  try {
    return { attempts: (await import('./attempts.ts')).realAttempts(uid), nativeProblem: undefined }
  } catch (error) {
    // What can be seen without it still is.
    return { attempts: undefined, nativeProblem: error instanceof Error ? error.message : String(error) }
  }
}

/** Every file that is read is one of the kernel's or a few words long. */
function readSmall(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not there, or not for this user: both are findings of the check.
    return undefined
  }
}

function free(path: string): { bytes: number; files: number } | undefined {
  if (!existsSync(path)) return path === '/' ? undefined : free(dirname(path))
  try {
    const { bavail, bsize, ffree } = statfsSync(path)
    return { bytes: bavail * bsize, files: ffree }
  } catch {
    return undefined
  }
}
