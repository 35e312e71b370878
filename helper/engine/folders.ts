/** Where the engine keeps things. The data root survives a reboot, the run root need not. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Folders {
  readonly dataRoot: string
  readonly state: string
  readonly containers: string
  readonly images: string
  readonly volumes: string
  readonly trash: string
  readonly runRoot: string
  /** The empty folder that every container mounts its root on, in its own namespace. */
  readonly mountPoint: string
  readonly status: string
}

/** Makes them where they are missing, for root's eyes only (CVE-2021-41091: a local user must not reach setuid files of images). */
export function openFolders(dataRoot: string, runRoot: string): Folders {
  const folders: Folders = {
    dataRoot,
    state: join(dataRoot, 'state.db'),
    containers: join(dataRoot, 'containers'),
    images: join(dataRoot, 'images'),
    volumes: join(dataRoot, 'volumes'),
    trash: join(dataRoot, 'trash'),
    runRoot,
    mountPoint: join(runRoot, 'root'),
    status: join(runRoot, 'status'),
  }
  for (const folder of [
    dataRoot,
    folders.containers,
    folders.images,
    folders.volumes,
    folders.trash,
    runRoot,
    folders.mountPoint,
    folders.status,
  ]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }
  return folders
}

/** A container's own folder and what is in it. */
export interface ContainerFolders {
  readonly folder: string
  readonly upper: string
  readonly work: string
  readonly log: string
  readonly hosts: string
  readonly hostname: string
  readonly resolvConf: string
  /** The keeper's record of start and exit. */
  readonly status: string
}

/** The paths of one container. */
export function containerFolders(folders: Folders, id: string): ContainerFolders {
  const folder = join(folders.containers, id)
  return {
    folder,
    upper: join(folder, 'upper'),
    work: join(folder, 'work'),
    log: join(folder, 'log'),
    hosts: join(folder, 'hosts'),
    hostname: join(folder, 'hostname'),
    resolvConf: join(folder, 'resolv.conf'),
    status: join(folders.status, id),
  }
}
