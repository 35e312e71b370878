import { posix } from 'node:path'
import { invalid } from './refuse.ts'

/**
 * A mount destination, cleaned: absolute, no `..`, no trailing slash.
 * Errors: `bad-mount-path` for a relative path, for `/` and for what cleans to `/`.
 */
export function cleanDestination(path: string): string {
  if (!path.startsWith('/')) throw invalid('bad-mount-path', `mount on '${path}': the path in the container must be absolute`)
  const clean = cleanPath(path)
  if (clean === '/') throw invalid('bad-mount-path', `mount on '${path}': the container's root cannot be mounted over`)
  return clean
}

/** `path` without `.`, `..`, doubled and trailing slashes. Precondition: it is absolute. */
export function cleanPath(path: string): string {
  const clean = posix.normalize(path)
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean
}

/** Whether `path` is `folder` or lies below it. Precondition: both are clean. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`)
}

/** How many names a clean path has: parents have fewer than their children, so mounts are made in this order. */
export function depth(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1
}
