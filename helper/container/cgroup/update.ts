/** New limits for a running container. */
import { existsSync, mkdirSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import type { Resources } from '../oci.ts'
import { type Cgroup, controllerFolder } from './cgroup.ts'
import { errorCode, tryReadControl, writeControl } from './control-file.ts'
import type { BlockWeightFile } from './features.ts'
import { planCgroup } from './plan.ts'
import { cgroupProcesses } from './processes.ts'
import { legacyWrites } from './writes-v1.ts'

export interface CgroupUpdate {
  /** All limits that are to hold, the old ones among them (`mergeLimits`, then `checkLimits`). */
  readonly resources: Omit<Resources, 'devices'>
  readonly blockWeight?: BlockWeightFile | undefined
}

/**
 * Sets the limits of a running container's groups.
 * Errors: Conflict `memory-limit-in-use` when more is in use than the new limit allows; InvalidParameter `limit-refused`.
 */
export function updateCgroup(cgroup: Cgroup, update: CgroupUpdate): void {
  const { host, path } = cgroup
  const request = { path, resources: { ...update.resources, devices: [] }, blockWeight: update.blockWeight }
  const plan = planCgroup(host, request)
  const late = plan.folders.filter((folder) => !existsSync(folder))
  for (const folder of late) mkdirSync(folder)
  checkUsage(cgroup, update.resources.memory?.limit)
  const writes =
    host.mode === 'v2' ? plan.writes : legacyWrites((controller) => controllerFolder(cgroup, controller), request, currentSwap(cgroup))
  for (const { file, value } of writes) write(file, value)
  for (const folder of late) moveProcesses(cgroup, folder)
}

// v1 refuses a limit below the usage; v2 takes it and kills processes until it holds, which nobody means by an update.
function checkUsage(cgroup: Cgroup, limit = 0): void {
  if (cgroup.host.mode !== 'v2' || limit <= 0) return
  const folder = controllerFolder(cgroup, 'memory')
  const usage = Number((folder && tryReadControl(`${folder}/memory.current`)) ?? 0)
  if (usage > limit) throw inUse(`${usage} bytes are in use, more than ${limit}`)
}

function currentSwap(cgroup: Cgroup): number | undefined {
  const folder = controllerFolder(cgroup, 'memory')
  const text = folder && tryReadControl(`${folder}/memory.memsw.limit_in_bytes`)
  return text === undefined ? undefined : Number(text)
}

function write(file: string, value: string): void {
  try {
    writeControl(file, value)
  } catch (error) {
    if (errorCode(error) === 'EBUSY' && file.includes('/memory.')) throw inUse(`more than ${value} bytes are in use`, error)
    const code = errorCode(error)
    if (code !== 'EINVAL' && code !== 'ERANGE' && code !== 'EBUSY') throw error
    throw new PockerError(
      'InvalidParameter',
      `update limits: the kernel refuses ${value} for ${file.slice(file.lastIndexOf('/') + 1)} (${code})`,
      {
        code: 'limit-refused',
        cause: error,
      },
    )
  }
}

/** Into a group that the container has not joined until now; children of moved processes are born in it, so the list runs dry. */
function moveProcesses(cgroup: Cgroup, folder: string): void {
  const moved = new Set<number>()
  for (;;) {
    const pids = cgroupProcesses(cgroup).filter((pid) => !moved.has(pid))
    if (pids.length === 0) return
    for (const pid of pids) {
      moved.add(pid)
      move(pid, folder)
    }
  }
}

function move(pid: number, folder: string): void {
  try {
    writeControl(`${folder}/cgroup.procs`, String(pid))
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

function inUse(reason: string, cause?: unknown): PockerError {
  return new PockerError('Conflict', `limit memory: ${reason}`, { code: 'memory-limit-in-use', cause })
}
