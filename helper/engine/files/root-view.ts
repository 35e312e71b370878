/** Where the files of a container are seen as it sees them. */
import { existsSync } from 'node:fs'
import type { RootView, ViewMount } from '../../archive/archive.ts'
import type { Mount } from '../../container/oci.ts'
import { planMounts } from '../../container/spec/mounts.ts'
import { networkSharing } from '../../container/spec/namespaces.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'

/**
 * The root of a running container is its process's. Of one that does not run it is put together of the image's layers, its changes, and the
 * folders and files of the host that are mounted in it; what only lives while it runs (/proc, /dev, tmpfs) is not there.
 */
export function rootViewOf(context: EngineContext, container: Container): RootView {
  if (container.running !== undefined) return { process: container.running.container }
  const { upper, work } = container.folders
  const readOnlyRoot = container.hostConfig.ReadonlyRootfs === true
  return { layers: container.record.image.layers, upper, work, mounts: viewMounts(context, container), readOnlyRoot }
}

/** What a container is made of, before it has changed anything: an image, whether it still has a name or not. */
export function imageViewOf({ layers, mounts }: { readonly layers: readonly string[]; readonly mounts: readonly Mount[] }): RootView {
  return { layers, mounts: mounts.filter(({ type, source }) => type === 'bind' && existsSync(source)).map(asViewMount) }
}

function viewMounts(context: EngineContext, container: Container): ViewMount[] {
  const { record, hostConfig } = container
  const files = filesOf(context, container)
  const mounts = planMounts({
    config: hostConfig,
    imageMounts: record.image.mounts,
    userMounts: record.mounts.map(({ mount }) => mount),
    files: { hosts: files.hosts, hostname: files.hostname, resolvConf: files.resolvConf },
  })
  // /dev/shm may be the host's: what processes share in it is nothing to be copied.
  const isPlace = ({ type, container: owner, destination }: (typeof mounts)[number]) =>
    type === 'bind' && owner === undefined && destination !== '/dev/shm'
  return mounts
    .filter(isPlace)
    .map(asViewMount)
    .filter(({ source }) => existsSync(source))
}

function asViewMount({ source, subpath, destination, options }: Mount): ViewMount {
  return { source, ...(subpath === undefined ? {} : { subpath }), destination, readOnly: options.includes('ro') }
}

/** A container that shares another's network has that one's files, as long as it is there. */
function filesOf({ registry }: EngineContext, container: Container): Container['folders'] {
  const sharing = networkSharing(container.hostConfig)
  if (sharing.with !== 'container') return container.folders
  return (
    registry.all().find(({ id, record }) => id.startsWith(sharing.container) || record.name === sharing.container)?.folders ??
    container.folders
  )
}
