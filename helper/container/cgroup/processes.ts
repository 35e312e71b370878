/** The processes in a container's groups. */
import { readdirSync } from 'node:fs'
import { type Cgroup, controllerFolder } from './cgroup.ts'
import { isGone, tryReadControl } from './control-file.ts'

/** The pids, in the helper's pid namespace, of all processes in the container's groups and the groups below; unordered, each once. */
export function cgroupProcesses(cgroup: Cgroup): number[] {
  const folder = memberFolder(cgroup)
  if (folder === undefined) return []
  const pids = new Set<number>()
  for (const group of [folder, ...groupsBelow(folder)]) {
    for (const line of (tryReadControl(`${group}/cgroup.procs`) ?? '').split('\n')) {
      // A process outside the helper's pid namespace shows as 0, and a signal to 0 would hit the helper's own process group.
      if (Number(line) > 0) pids.add(Number(line))
    }
  }
  return [...pids]
}

// Only a hierarchy that every container joins tells all: cpuset, for one, may have just been made.
function memberFolder(cgroup: Cgroup): string | undefined {
  for (const controller of ['pids', 'memory', 'freezer', 'devices', 'cpu']) {
    const folder = controllerFolder(cgroup, controller)
    if (folder !== undefined) return folder
  }
  return undefined
}

/** The absolute folders of all groups below `folder`, parents before children. */
export function groupsBelow(folder: string): string[] {
  const children = readFolders(folder).map((name) => `${folder}/${name}`)
  return children.flatMap((child) => [child, ...groupsBelow(child)])
}

function readFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}
