/** How a view of a container's files gets into the archive process. */
import type { RootView, ViewMount } from './archive.ts'
import { FIRST_EXTRA } from './descriptors.ts'

export interface SentView {
  /** For the job's field `root`. */
  readonly root: RootView
  /** For the job's option of that name, these first. */
  readonly extraFds: readonly number[]
}

/** The view as the child is to be told of it: a process's descriptor is handed down and has another number there, `first`. */
export function sendView(root: RootView, first = FIRST_EXTRA): SentView {
  return 'process' in root ? { root: { process: first }, extraFds: [root.process] } : { root, extraFds: [] }
}

/** The view out of a job's field `root`. Errors: TypeError. */
export function receiveView(field: unknown): RootView {
  const root: Fields = { ...Object(field) }
  if (typeof root.process === 'number') return { process: root.process }
  if (root.folder !== undefined) return { folder: text(root.folder) }
  return {
    layers: list(root.layers).map(text),
    ...(root.upper === undefined ? {} : { upper: text(root.upper) }),
    ...(root.work === undefined ? {} : { work: text(root.work) }),
    mounts: list(root.mounts ?? []).map(receiveMount),
    readOnlyRoot: root.readOnlyRoot === true,
  }
}

type Fields = Readonly<Record<string, unknown>>

function receiveMount(field: unknown): ViewMount {
  const mount: Fields = { ...Object(field) }
  const subpath = mount.subpath === undefined ? {} : { subpath: text(mount.subpath) }
  // Read-only unless it is said otherwise.
  return { source: text(mount.source), ...subpath, destination: text(mount.destination), readOnly: mount.readOnly !== false }
}

function list(field: unknown): readonly unknown[] {
  if (!Array.isArray(field)) throw new TypeError('a view of files has no list where one belongs')
  return field
}

function text(field: unknown): string {
  if (typeof field !== 'string') throw new TypeError('a view of files has no path where one belongs')
  return field
}
