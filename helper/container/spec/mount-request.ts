/** One `--mount`: HostConfig.Mounts, checked as moby's volume/mounts/linux_parser.go does. */
import { posix } from 'node:path'
import type { MountRequest } from '../../api/host-config.ts'
import { checkVolumeName, type Propagation } from './bind.ts'
import type { ReadOnly } from './container-mount.ts'
import { cleanDestination, cleanPath } from './container-path.ts'
import { isAtLeast, type KernelVersion } from './host-facts.ts'
import { invalid, notImplemented } from './refuse.ts'

export type ParsedMount =
  | {
      readonly type: 'bind'
      readonly destination: string
      readonly source: string
      readonly bind: 'bind' | 'rbind'
      readonly readOnly: ReadOnly
      readonly propagation: Propagation
      /** A missing source becomes a folder instead of an error. */
      readonly makeSource: boolean
    }
  | {
      readonly type: 'volume'
      readonly destination: string
      readonly name: string | undefined
      readonly readOnly: boolean
      readonly noCopy: boolean
      readonly subpath: string | undefined
      /** For a volume that is not there yet. */
      readonly labels: Readonly<Record<string, string>>
      readonly options: Readonly<Record<string, string>>
    }
  | { readonly type: 'tmpfs'; readonly destination: string; readonly words: readonly string[] }

/**
 * Checks and reads one mount request.
 * Errors: `bad-mount`, `bad-mount-path`, `bad-volume-name`, `bad-volume-subpath`, `unknown-volume-driver`, `mount-type-not-available`.
 */
export function parseMountRequest(request: MountRequest, kernel: KernelVersion): ParsedMount {
  const destination = cleanDestination(request.Target)
  switch (request.Type) {
    case 'bind':
      return parseBindRequest(request, destination, kernel)
    case 'volume':
      return parseVolumeRequest(request, destination)
    case 'tmpfs':
      return parseTmpfsRequest(request, destination)
    case 'image':
    case 'npipe':
    case 'cluster':
      throw notImplemented('mount-type-not-available', `mount on '${destination}': mounts of type '${request.Type}' are not there`)
  }
}

function parseBindRequest(request: MountRequest, destination: string, kernel: KernelVersion): ParsedMount {
  const { Source = '', ReadOnly: readOnly = false, BindOptions: options = {} } = request
  if (request.VolumeOptions !== undefined) throw bad(destination, 'a bind mount takes no volume options')
  if (request.TmpfsOptions !== undefined) throw bad(destination, 'a bind mount takes no tmpfs options')
  if (!Source.startsWith('/')) throw bad(destination, `its source '${Source}' must be an absolute path`)
  const propagation = options.Propagation === undefined || options.Propagation === '' ? 'rprivate' : options.Propagation
  const force = options.ReadOnlyForceRecursive === true
  const bind = options.NonRecursive === true ? 'bind' : 'rbind'
  if (force && !readOnly) throw bad(destination, 'recursively read-only needs read-only')
  if (force && options.ReadOnlyNonRecursive === true) throw bad(destination, 'read-only cannot be recursive and not recursive')
  if (force && propagation !== 'rprivate') throw bad(destination, 'recursively read-only needs propagation rprivate')
  if (force && !isAtLeast(kernel, 5, 12)) throw bad(destination, 'recursively read-only needs Linux 5.12')
  return {
    type: 'bind',
    destination,
    source: cleanPath(Source),
    bind,
    readOnly: readOnly && (bind === 'bind' || options.ReadOnlyNonRecursive === true ? 'flat' : 'recursive'),
    propagation,
    makeSource: options.CreateMountpoint === true,
  }
}

function parseVolumeRequest(request: MountRequest, destination: string): ParsedMount {
  const { Source = '', ReadOnly: readOnly = false, VolumeOptions: options = {} } = request
  if (request.BindOptions !== undefined) throw bad(destination, 'a volume takes no bind options')
  if (request.TmpfsOptions !== undefined) throw bad(destination, 'a volume takes no tmpfs options')
  if (Source === '' && readOnly) throw bad(destination, 'an anonymous volume cannot be read-only: nobody could ever fill it')
  checkVolumeDriver(options.DriverConfig?.Name)
  return {
    type: 'volume',
    destination,
    name: Source === '' ? undefined : checkVolumeName(Source),
    readOnly,
    noCopy: options.NoCopy === true,
    subpath: options.Subpath === undefined || options.Subpath === '' ? undefined : cleanSubpath(options.Subpath, destination),
    labels: options.Labels ?? {},
    options: options.DriverConfig?.Options ?? {},
  }
}

/** Errors: `bad-volume-subpath` for a path that leaves the volume by its own words; what links there do is the kernel's to watch. */
function cleanSubpath(path: string, destination: string): string {
  const clean = posix.normalize(path)
  if (!posix.isAbsolute(path) && clean !== '..' && !clean.startsWith('../')) return clean
  throw invalid('bad-volume-subpath', `mount on '${destination}': '${path}' must be a relative path that stays in the volume`)
}

/** Errors: `unknown-volume-driver`. */
export function checkVolumeDriver(name: string | undefined): void {
  if (name !== undefined && name !== '' && name !== 'local') {
    throw invalid('unknown-volume-driver', `use volume driver '${name}': only 'local' is there`)
  }
}

function parseTmpfsRequest(request: MountRequest, destination: string): ParsedMount {
  const { SizeBytes = 0, Mode = 0, Options = [] } = request.TmpfsOptions ?? {}
  if ((request.Source ?? '') !== '') throw bad(destination, 'a tmpfs has no source')
  if (request.BindOptions !== undefined) throw bad(destination, 'a tmpfs takes no bind options')
  if (request.VolumeOptions !== undefined) throw bad(destination, 'a tmpfs takes no volume options')
  if (SizeBytes < 0) throw bad(destination, 'its size cannot be negative')
  if (Mode < 0 || Mode > 0o7777) throw bad(destination, 'its mode must be a decimal number up to 4095, which is 7777 in octal')
  return {
    type: 'tmpfs',
    destination,
    words: [
      ...(request.ReadOnly === true ? ['ro'] : []),
      ...(Mode === 0 ? [] : [`mode=${Mode.toString(8)}`]),
      ...(SizeBytes === 0 ? [] : [`size=${SizeBytes}`]),
      ...Options.map((option) => option.join('=')),
    ],
  }
}

function bad(destination: string, why: string): Error {
  return invalid('bad-mount', `mount on '${destination}': ${why}`)
}
