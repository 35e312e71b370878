/** A shell for containers whose image has none: the programs of the image `host`, in the container's other namespaces. */
import { existsSync, statSync } from 'node:fs'
import type { Mount } from '../../container/oci.ts'
import { processEnvironment } from '../../container/spec/environment.ts'
import { networkSharing } from '../../container/spec/namespaces.ts'
import type { ResolvedUser } from '../../container/spec/user.ts'
import { CONTAINER_FOLDER, type Toolbox } from '../../container/steps/create-toolbox.ts'
import { openHostImage } from '../../image/host-image.ts'
import type { ImageRecord } from '../../image/records.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'

/** Nothing in a toolbox is setuid: a container without such programs must not come by some. */
const MOUNT_OPTIONS = ['rbind', 'ro', 'rro', 'nosuid', 'nodev', 'rprivate']
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Root, whatever accounts the container has. */
export const TOOLBOX_USER: ResolvedUser = { uid: 0, gid: 0, additionalGids: [0], home: '/root' }

/** The best shell of this machine. */
export function toolboxShell(context: EngineContext): readonly string[] {
  return hostImage(context).config.Cmd ?? ['/bin/sh']
}

/** What the launch needs to make the toolbox. Errors: those of the file system, when the image's layer cannot be built. */
export function toolboxFor(context: EngineContext, container: Container): Toolbox {
  const { layers, mounts } = hostImage(context)
  return {
    mountPoint: context.folders.mountPoint,
    layers,
    mounts: [...mounts.map((mount) => ({ ...mount, options: MOUNT_OPTIONS })), ...generatedFiles(context, container)],
    isFolder: ({ source }) => statSync(source, { throwIfNoEntry: false })?.isDirectory() ?? true,
  }
}

/** The host's programs first, then the container's. Nothing of the container's own environment: it is meant for its own programs. */
export function toolboxEnvironment(
  container: Container,
  { env, terminal, home }: { env: readonly string[]; terminal: boolean; home: string },
): string[] {
  const theirs = pathOf(container)
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => CONTAINER_FOLDER + folder)
  const path = `PATH=${[DEFAULT_PATH, ...theirs].join(':')}`
  return processEnvironment({ entries: [path, 'LANG=C.UTF-8', ...env], hostname: container.record.hostname, terminal, home })
}

function pathOf(container: Container): string {
  const entry = (container.record.config.Env ?? []).findLast((text) => text.startsWith('PATH='))
  return entry?.slice('PATH='.length) ?? DEFAULT_PATH
}

/** As the machine is now, whether or not the image has been removed or its name given to another. 0.3 ms when it has not changed. */
function hostImage({ imageContext }: EngineContext): ImageRecord {
  const { dataRoot, hostRoot, now } = imageContext
  return openHostImage({ dataRoot, hostRoot, now: now() })
}

/** Names and addresses as the container's network has them. */
function generatedFiles(context: EngineContext, container: Container): Mount[] {
  const sharing = networkSharing(container.hostConfig)
  const owner =
    sharing.with === 'container'
      ? context.registry.all().find(({ id, record }) => [id, record.name].includes(sharing.container))
      : container
  if (owner === undefined) return [] // it has been removed since
  const { hosts, hostname, resolvConf } = owner.folders
  const files = [
    ['/etc/hosts', hosts],
    ['/etc/hostname', hostname],
    ['/etc/resolv.conf', resolvConf],
  ] as const
  return files
    .filter(([, source]) => existsSync(source))
    .map(([destination, source]) => ({ destination, type: 'bind', source, options: MOUNT_OPTIONS }))
}
