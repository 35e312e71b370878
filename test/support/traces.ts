/** What one helper's containers are on the machine, whatever other helpers run beside it. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface Traces {
  /** Pids of keepers and of processes in containers. */
  readonly processes: readonly number[]
  /** IDs that have a control group. */
  readonly cgroups: readonly string[]
}

/** Finds processes by the files they hold open and the mounts they see below `folder`, and groups by the containers' `ids`. The pid `except` is not looked at. */
export function findTraces(folder: string, { ids, except }: { ids: Iterable<string>; except: number }): Traces {
  const pids = readdirSync('/proc').map(Number)
  const processes = pids.filter((pid) => Number.isInteger(pid) && pid !== except && pid !== process.pid && belongsTo(pid, folder))
  return { processes, cgroups: [...new Set(ids)].filter((id) => cgroupRoots().some((root) => existsSync(join(root, 'pocker', id)))) }
}

function belongsTo(pid: number, folder: string): boolean {
  try {
    if (readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(`upperdir=${folder}/`)) return true
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(`${folder}/`))
  } catch {
    // Ended meanwhile.
    return false
  }
}

function cgroupRoots(): string[] {
  const top = '/sys/fs/cgroup'
  return [top, ...readdirSync(top, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? join(top, entry.name) : []))]
}
