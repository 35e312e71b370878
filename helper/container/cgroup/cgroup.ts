/** A container's groups as they are on the host now. */
import { existsSync } from 'node:fs'
import { tryReadControl } from './control-file.ts'
import type { CgroupHost } from './host.ts'
import { cgroupSegments } from './path.ts'

/** One container's groups: the same path in every hierarchy that it has joined. */
export interface Cgroup {
  readonly host: CgroupHost
  /** Such as `/pocker/<id>`. */
  readonly path: string
}

/**
 * The groups at `path`, whether they exist or not.
 * Errors: InvalidParameter `cgroup-path-invalid`.
 */
export function cgroupAt(host: CgroupHost, path: string): Cgroup {
  cgroupSegments(path)
  return { host, path }
}

/** The absolute folders of the container's groups in all hierarchies, each once, whether they exist or not. */
export function cgroupFolders({ host, path }: Cgroup): string[] {
  const mountpoints = new Set(host.mounts.values())
  if (host.unified !== undefined) mountpoints.add(host.unified)
  return [...mountpoints].map((mountpoint) => mountpoint + path)
}

/** The absolute folder of a controller's group; undefined when the container has not joined it. */
export function controllerFolder({ host, path }: Cgroup, controller: string): string | undefined {
  const mountpoint = host.mode === 'v2' ? host.unified : host.mounts.get(controller)
  const folder = mountpoint === undefined ? undefined : mountpoint + path
  return folder !== undefined && existsSync(folder) ? folder : undefined
}

/** Whether any of the container's groups exists. */
export function cgroupExists(cgroup: Cgroup): boolean {
  return cgroupFolders(cgroup).some((folder) => existsSync(folder))
}

/**
 * The files into which a further process of a running container (exec) writes `0`.
 * On v2 a container that runs its own manager has moved its first process into a child group, and the kernel lets no process
 * into the group above (EBUSY); then the way goes to where the container's first process, `pid`, is.
 */
export function joinFiles(cgroup: Cgroup, pid: number): string[] {
  const { host, path } = cgroup
  if (host.mode !== 'v2' || host.unified === undefined) {
    return [...new Set(host.mounts.values())].map((mountpoint) => `${mountpoint}${path}/tasks`).filter((file) => existsSync(file))
  }
  const folder = host.unified + path
  if ((tryReadControl(`${folder}/cgroup.subtree_control`) ?? '') === '') return [`${folder}/cgroup.procs`]
  const own = /^0::(.*)$/m.exec(tryReadControl(`/proc/${pid}/cgroup`) ?? '')?.[1]
  return [`${own?.startsWith(`${path}/`) ? host.unified + own : folder}/cgroup.procs`]
}
