/** The options of an overlay mount, which mount(2) takes in one page. */

/** The kernel copies 4,096 bytes and puts a NUL into the last (`copy_mount_options` in fs/namespace.c). */
const LIMIT = 4095

export interface Overlay {
  /** Absolute, the uppermost first. */
  readonly layers: readonly string[]
  /** Absolute; without them the mount is read-only, and needs two layers at least. */
  readonly upper?: string
  readonly work?: string
  /** Never syncs the upper filesystem: it is worthless after a crash. */
  readonly volatile?: boolean
}

export interface OverlayOptions {
  /** The folder to be in while mounting; undefined when it does not matter. */
  readonly folder: string | undefined
  readonly data: string
}

/**
 * Paths are absolute as long as they fit; beyond, from some 80 layers on, they are relative to the folder that the layers share.
 * Errors: RangeError when they do not fit even so.
 */
export function overlayOptions(overlay: Overlay): OverlayOptions {
  const whole = data(overlay)
  if (Buffer.byteLength(whole) <= LIMIT) return { folder: undefined, data: whole }
  const folder = sharedFolder(overlay.layers)
  const short = data({ ...overlay, layers: overlay.layers.map((layer) => layer.slice(folder === '/' ? 1 : folder.length + 1)) })
  if (Buffer.byteLength(short) > LIMIT) throw new RangeError(`mount ${overlay.layers.length} layers: their paths do not fit into one page`)
  return { folder, data: short }
}

function data({ layers, upper, work, volatile }: Overlay): string {
  const options = [`lowerdir=${layers.map(escapeLayer).join(':')}`]
  if (upper !== undefined && work !== undefined) options.push(`upperdir=${escapeFolder(upper)}`, `workdir=${escapeFolder(work)}`)
  // Without it, unmounting at the container's end writes the whole filesystem's dirty pages to the disk first; nothing of a
  // container that is removed at its end has to survive a power cut.
  if (volatile === true) options.push('volatile')
  return options.join(',')
}

/** The deepest folder that holds all of these, without a slash at its end. */
function sharedFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(0, -1))
  let length = first.length
  for (const parts of others) while (first.slice(0, length).some((part, index) => part !== parts[index])) length--
  return first.slice(0, length).join('/') || '/'
}

/** Overlayfs takes a colon as the next layer and a comma as the next option. */
function escapeLayer(folder: string): string {
  return escapeFolder(folder).replaceAll(':', '\\:')
}

function escapeFolder(folder: string): string {
  return folder.replaceAll('\\', '\\\\').replaceAll(',', '\\,')
}
