/** Files served as the helper serves them, without an engine: of folders that stand for an image and a container. */
import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { PockerError } from '../../helper/api/errors.ts'
import type { FileList, FileStat } from '../../helper/api/files.ts'
import type { RootView } from '../../helper/archive/archive.ts'
import type { Access } from '../../helper/archive/enter-root.ts'
import { readContent, writeContent } from '../../helper/files/content-streams.ts'
import type { FileServer } from '../../helper/files/file-server.ts'
import { FileServers, type FileServersOptions } from '../../helper/files/file-servers.ts'
import type { FileRequests } from '../../helper/files/requests.ts'
import { makeUnpackPlace, type UnpackPlace } from './unpacking.ts'

export interface ServedFolders extends UnpackPlace {
  /** What the image has. */
  readonly lower: string
  /** What the container changes. */
  readonly upper: string
  readonly view: Extract<RootView, { layers: readonly string[] }>
}

/** A root of nothing but what the test puts into `lower`. Gone after the test, which fails when anything outside has changed. */
export function makeServedFolders(context: TestContext): ServedFolders {
  const place = makeUnpackPlace(context)
  const [lower, upper, work] = ['lower', 'upper', 'work'].map((name) => join(place.path, name))
  assert.ok(lower !== undefined && upper !== undefined && work !== undefined)
  for (const folder of [lower, upper, work]) mkdirSync(folder, { mode: 0o755 })
  return { ...place, lower, upper, view: { layers: [lower], upper, work } }
}

export interface ServeOptions extends Partial<FileServersOptions> {
  readonly access?: Access
  readonly isLayer?: boolean
}

/** Serves a view until the test is over. */
export function serveView(
  context: TestContext,
  root: RootView,
  { access = 'write', isLayer = false, ...options }: ServeOptions = {},
): FileServer {
  const servers = makeServers(context, options)
  return servers.start({ key: 'test', owner: 'test', root, access, isLayer })
}

/** Ended after the test. */
export function makeServers(context: TestContext, options: Partial<FileServersOptions> = {}): FileServers {
  const failures: unknown[] = []
  const servers = new FileServers({ report: (error) => failures.push(error), ...options })
  context.after(async () => {
    await servers.endThose(() => true)
    assert.deepEqual(failures, [])
  })
  return servers
}

/** Its FileStat. */
export async function statOf(server: FileServer, path: string, follow = false): Promise<FileStat> {
  return (await server.ask('stat', { path, follow })).result
}

/** Its FileList. */
export async function listOf(server: FileServer, path: string): Promise<FileList> {
  return JSON.parse((await server.ask('list', { path })).payload.toString())
}

/** The names in a folder. */
export async function namesOf(server: FileServer, path: string): Promise<string[]> {
  return (await listOf(server, path)).entries.map(({ name }) => name)
}

/** What it holds, or a part of that. */
export async function contentOf(server: FileServer, path: string, range: { offset?: number; length?: number } = {}): Promise<string> {
  const { content } = await readContent(server, { path, offset: range.offset ?? 0, length: range.length })
  return (await buffer(content)).toString()
}

/** Writes a file, made when it is missing and replaced when it is not, unless it is said otherwise. */
export async function write(
  server: FileServer,
  path: string,
  content: string | Uint8Array | Readable,
  how: Partial<FileRequests['create']> = {},
): Promise<FileStat> {
  const stream = content instanceof Readable ? content : Readable.from([Buffer.from(content)])
  return await writeContent(server, { path, create: true, overwrite: true, ...how }, stream)
}

/** The code of the error that the work ends with; `none` when it does not. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    assert.ok(error instanceof PockerError, error instanceof Error ? error.stack : String(error))
    return error.code
  }
}

/** The processes that this one has started. */
export function children(): Set<number> {
  return new Set(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number))
}

/** All files below a folder that this process has made for a moment, and should not have left. */
export function leftovers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.pocker-'))
}

export interface FilledPlace extends ServedFolders {
  readonly server: FileServer
  /** What the container's processes would see under a path, read from its folder or else the image's. */
  seen(path: string): string
}

/** A container's files, served for writing. */
export function serveFolders(context: TestContext, fill: (folders: ServedFolders) => void = () => undefined): FilledPlace {
  const folders = makeServedFolders(context)
  fill(folders)
  const inUpper = (path: string) => lstatSync(join(folders.upper, path), { throwIfNoEntry: false }) !== undefined
  return {
    ...folders,
    server: serveView(context, folders.view),
    seen: (path) => readFileSync(join(inUpper(path) ? folders.upper : folders.lower, path), 'utf8'),
  }
}
