/** The three kinds of mount a user can ask for, as the kernel gets them and as `inspect` shows them. */
import type { MountPoint } from '../../api/container.ts'
import type { Mount } from '../oci.ts'
import type { Propagation } from './bind.ts'
import { mergeTmpfsOptions } from './tmpfs-options.ts'

export interface ContainerMount {
  readonly mount: Mount
  /** Absent for the tmpfs of `--tmpfs`, which Docker does not list. */
  readonly point?: MountPoint
  /** A volume that, while it is empty, gets what the image has there. */
  readonly fill?: true
}

export interface HostMount {
  readonly source: string
  readonly destination: string
  /** The options as the user wrote them. */
  readonly mode: string
  readonly bind: 'bind' | 'rbind'
  readonly readOnly: ReadOnly
  readonly propagation: Propagation
  /** See `Bind`. */
  readonly swapsOwners?: true
}

/** `recursive` holds for the mounts below the source as well: a plain read-only bind of a folder leaves a mount inside it writable. */
export type ReadOnly = false | 'flat' | 'recursive'

/** A bind mount of a host path. */
export function hostFolder({ source, destination, mode, bind, readOnly, propagation, swapsOwners }: HostMount): ContainerMount {
  const options = bindOptions(bind, readOnly, propagation)
  return {
    mount: { destination, type: 'bind', source, options: swapsOwners === true ? [...options, 'idmap'] : options },
    point: { Type: 'bind', Source: source, Destination: destination, Mode: mode, RW: readOnly === false, Propagation: propagation },
  }
}

export interface VolumeMount {
  readonly name: string
  readonly folder: string
  readonly destination: string
  readonly mode: string
  readonly readOnly: ReadOnly
  /** What the image has there stays out of it (`nocopy`). */
  readonly noCopy: boolean
  /** A relative path in the volume that is mounted instead of all of it; it must be there. */
  readonly subpath?: string
}

/** A bind mount of a volume, which is a folder of the helper's. */
export function volume({ name, folder, destination, mode, readOnly, noCopy, subpath }: VolumeMount): ContainerMount {
  const below = subpath === undefined ? {} : { subpath }
  return {
    mount: { destination, type: 'bind', source: folder, ...below, options: bindOptions('rbind', readOnly, 'rprivate') },
    point: {
      Type: 'volume',
      Name: name,
      Source: folder,
      Destination: destination,
      Driver: 'local',
      Mode: mode,
      RW: readOnly === false,
      Propagation: '',
    },
    ...(noCopy || subpath !== undefined ? {} : { fill: true }),
  }
}

/** Errors: `bad-tmpfs-option`. */
export function tmpfs(destination: string, words: readonly string[]): Mount {
  return { destination, type: 'tmpfs', source: 'tmpfs', options: mergeTmpfsOptions(words) }
}

// `rro` beside `ro`: recursive where the kernel can (mount_setattr, 5.12), as Docker does since 25.0.
function bindOptions(bind: string, readOnly: ReadOnly, propagation: Propagation): string[] {
  switch (readOnly) {
    case false:
      return [bind, propagation]
    case 'flat':
      return [bind, 'ro', propagation]
    case 'recursive':
      return [bind, 'ro', 'rro', propagation]
  }
}
