/** Where keepers live: outside the helper's own service, so that stopping the service does not stop containers. */
import type { CgroupHost } from './host.ts'

/** The folders of `keepers` under the prepared group `parent`: one for each hierarchy by which an init system tracks services. */
export function keeperFolders(host: CgroupHost, parent: string): string[] {
  return trackers(host).map(({ mountpoint }) => `${mountpoint}${parent}/keepers`)
}

/**
 * The files into which a keeper writes `0`.
 * A hierarchy in which the helper is in the top group itself is left out: no service manager would sweep it.
 * `ownGroups` is the text of /proc/self/cgroup. The container inherits these groups, and on v2 leaves them by its own join.
 */
export function keeperJoin(host: CgroupHost, parent: string, ownGroups: string): string[] {
  const own = new Map<string, string>()
  for (const line of ownGroups.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers !== undefined && path !== undefined) own.set(controllers, path)
  }
  return trackers(host)
    .filter(({ name }) => (own.get(name) ?? '/') !== '/')
    .map(({ mountpoint }) => `${mountpoint}${parent}/keepers/cgroup.procs`)
}

// systemd tracks by name=systemd on v1, and by the unified hierarchy where there is one.
function trackers(host: CgroupHost): { name: string; mountpoint: string }[] {
  const systemd = host.mounts.get('name=systemd')
  return [
    ...(systemd === undefined ? [] : [{ name: 'name=systemd', mountpoint: systemd }]),
    ...(host.unified === undefined ? [] : [{ name: '', mountpoint: host.unified }]),
  ]
}
