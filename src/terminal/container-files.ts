/** Looking at a container's files without running anything in it, with any engine. */
import { posix } from 'node:path'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { fileStatSchema } from '../../helper/api/files.ts'
import type { EngineClient } from '../client/engine-client.ts'
import { codeOf, isNotFound } from '../client/engine-problem.ts'
import { parseValue } from '../client/json-lines.ts'
import type { Host } from '../hosts/host.ts'
import { firstFileOfTar } from './tar-file.ts'

export interface FileLook {
  readonly isFile: boolean
  readonly isExecutable: boolean
}

/** Paths are absolute, links are followed. Nothing where there is nothing. Errors: EngineError. */
export interface ContainerFiles {
  look(path: string): Promise<FileLook | undefined>
  /** The first `limit` bytes of a file. */
  read(path: string, limit: number): Promise<Buffer | undefined>
}

/** By Pocker's requests on files where the engine is Pocker, otherwise by Docker's archives. */
export function containerFiles({ client, state }: Host, containerId: string): ContainerFiles {
  const id = encodeURIComponent(containerId)
  return state.kind === 'ready' && state.engine.isPocker
    ? pockerFiles(client, `/pocker/containers/${id}/files`)
    : archiveFiles(client, `/containers/${id}/archive`)
}

const ANY_EXECUTE = 0o111

function pockerFiles(client: EngineClient, place: string): ContainerFiles {
  return {
    look: (path) =>
      orNothing(async () => {
        const { kind, mode } = await client.ask('GET', `${place}/stat`, fileStatSchema, { query: { path, follow: true } })
        return { isFile: kind === 'file', isExecutable: (mode & ANY_EXECUTE) !== 0 }
      }),
    read: (path, limit) =>
      orNothing(async () => await firstBytes(await client.stream('GET', `${place}/content`, { query: { path, length: limit } }), limit)),
  }
}

const STAT_HEADER = 'x-docker-container-path-stat'
/** In Go's notation. */
const FOLDER = 0x80000000
const LINK = 0x08000000
const SPECIAL = 0x06200000
const MOST_LINKS = 8

const archiveStatSchema = z.object({ mode: z.number(), linkTarget: z.string().nullish() })

function archiveFiles(client: EngineClient, archive: string): ContainerFiles {
  const stat = async (path: string, links = 0): Promise<{ readonly path: string; readonly mode: number } | undefined> => {
    const header = (await client.head(archive, { query: { path } }))[STAT_HEADER] ?? ''
    const { mode, linkTarget } = parseValue(Buffer.from(header, 'base64').toString('utf8'), archiveStatSchema)
    if ((mode & LINK) === 0) return { path, mode }
    if (typeof linkTarget !== 'string' || linkTarget === '' || links === MOST_LINKS) return undefined
    return await stat(posix.resolve(posix.dirname(path), linkTarget), links + 1)
  }
  return {
    look: (path) =>
      orNothing(async () => {
        const found = await stat(path)
        if (found === undefined) return undefined
        return { isFile: (found.mode & (FOLDER | SPECIAL)) === 0, isExecutable: (found.mode & ANY_EXECUTE) !== 0 }
      }),
    read: (path, limit) =>
      orNothing(async () => {
        const found = await stat(path)
        if (found === undefined) return undefined
        return await firstFileOfTar(await client.stream('GET', archive, { query: { path: found.path } }), limit)
      }),
  }
}

const NOTHING_THERE = new Set([
  'not-a-folder',
  'is-a-folder',
  'not-a-file',
  'too-many-links',
  'path-unusable',
  'name-too-long',
  'permission-denied',
])

async function orNothing<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    // An answer that has no container in it is not about the file.
    if ((isNotFound(error) && codeOf(error) !== 'no-such-container') || NOTHING_THERE.has(codeOf(error) ?? '')) return undefined
    throw error
  }
}

async function firstBytes(stream: Readable, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of stream) {
    pieces.push(piece)
    size += piece.length
    if (size >= limit) break // which destroys the stream
  }
  return Buffer.concat(pieces).subarray(0, limit)
}
