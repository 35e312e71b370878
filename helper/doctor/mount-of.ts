export interface MountEntry {
  readonly mountpoint: string
  readonly type: string
  /** Of this mount, such as `noexec`. */
  readonly options: readonly string[]
}

/** The mount that a path lies on, by the text of /proc/self/mountinfo; undefined for a text that is none. */
export function mountOf(mountinfo: string, path: string): MountEntry | undefined {
  let found: MountEntry | undefined
  for (const line of mountinfo.split('\n')) {
    const entry = parse(line)
    if (entry === undefined || !isBelow(path, entry.mountpoint)) continue
    // A later mount at the same place lies over the earlier one.
    if (found === undefined || entry.mountpoint.length >= found.mountpoint.length) found = entry
  }
  return found
}

function isBelow(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

// proc_pid_mountinfo(5): … (5) mount point, (6) options, optional fields, "-", type, source, superblock options
function parse(line: string): MountEntry | undefined {
  const separator = line.indexOf(' - ')
  const [, , , , mountpoint, options] = line.slice(0, Math.max(separator, 0)).split(' ')
  const [type] = line.slice(separator + 3).split(' ')
  if (mountpoint === undefined || options === undefined || type === undefined) return undefined
  return {
    mountpoint: mountpoint.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    type,
    options: options.split(','),
  }
}
