import { posix } from 'node:path'

/*
 * Docker's rules of what a path says besides where it leads: `a/` and `a/.` mean a folder, `a/.` means what is in it.
 * They follow go-archive's copy.go.
 */

/** One side of a copy as the user wrote it. */
export interface CopyWord {
  /** Undefined for a place on this machine. */
  readonly container: string | undefined
  readonly path: string
}

/**
 * `CONTAINER:PATH`, or a path on this machine, which is absolute, starts with a dot, or has no colon in it. Follows splitCpArg of the Docker
 * CLI.
 */
export function parseCopyWord(word: string): CopyWord {
  const colon = word.indexOf(':')
  if (word.startsWith('/') || word.startsWith('.') || colon < 0) return { container: undefined, path: word }
  return { container: word.slice(0, colon), path: word.slice(colon + 1) }
}

/** Whether the path ends in `/.`, or is `.`: what is in the folder, not the folder itself. */
export function meansContent(path: string): boolean {
  return path === '' || path === '.' || path.endsWith('/.')
}

/** Whether the path can only be a folder's: it ends in `/` or `/.`. */
export function meansFolder(path: string): boolean {
  return path.endsWith('/') || meansContent(path)
}

/** The absolute path, with the ending of what the user wrote. */
export function absolutePath(cwd: string, path: string): string {
  return withEndingOf(path, posix.resolve(cwd, path))
}

/** The folder that something lies in, and its name there; the name is `.` for the content of a folder, and `/` for the root. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const cleaned = cleanPath(path)
  if (meansContent(path)) return { folder: cleaned, name: '.' }
  return { folder: posix.dirname(cleaned), name: cleaned === '/' ? '/' : posix.basename(cleaned) }
}

/** Where a link leads, as a path; a relative one starts at the folder that the link lies in. */
export function linkTarget(link: string, target: string): string {
  return target.startsWith('/') ? target : posix.join(splitPath(link).folder, target)
}

/**
 * What to ask for in place of a link, and under which name it is then to appear: that of the link. The name is undefined when it is the same.
 * Follows GetRebaseName.
 */
export function followedPath(link: string, target: string): { readonly path: string; readonly name: string | undefined } {
  const path = withEndingOf(link, cleanPath(target))
  const [wanted, found] = [lastPart(link), lastPart(path)]
  return { path, name: wanted === found ? undefined : wanted }
}

/** Go's filepath.Clean: no `.`, no `//`, no slash at the end. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

function withEndingOf(written: string, cleaned: string): string {
  const base = cleaned === '/' ? '' : cleaned
  if (meansContent(written) && !meansContent(cleaned)) return `${base}/.`
  if (written.endsWith('/') && !cleaned.endsWith('/')) return `${base}/`
  return cleaned
}

function lastPart(path: string): string {
  const bare = path.replace(/\/+$/, '')
  return bare === '' ? '/' : bare.slice(bare.lastIndexOf('/') + 1)
}
