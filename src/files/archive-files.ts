/**
 * Files of a container of Docker or Podman, by the archive part of Docker's API: one path at a time can be looked at and read, and nothing
 * listed, changed or watched without a program in the container.
 */
import { z } from 'zod'
import type { FileStat } from '../../helper/api/files.ts'
import type { EngineClient, EngineRequest } from '../client/engine-client.ts'
import { EngineError } from '../client/engine-error.ts'
import { isNotFound } from '../client/engine-problem.ts'
import { parseValue } from '../client/json-lines.ts'
import type { Files } from './files.ts'
import type { PlaceName } from './place.ts'
import { fileOfArchive } from './tar-file.ts'

const STAT_HEADER = 'x-docker-container-path-stat'
const pathStatSchema = z.object({ size: z.number(), mode: z.number(), mtime: z.string(), linkTarget: z.string().nullish() })

/** The files of a place of an engine that is not Pocker. */
export function archiveFiles(client: EngineClient, place: PlaceName): Files {
  const look = (path: string, signal: AbortSignal | undefined) =>
    lookAt({ client, url: archiveUrl(place) }, { query: { path }, ...(signal === undefined ? {} : { signal }) })
  /** The link's target is told as the container sees it, resolved. */
  const lookThrough = async (path: string, signal: AbortSignal | undefined) => {
    const own = await look(path, signal)
    const target = own.kind === 'link' ? own.link : undefined
    return target === undefined ? { path, stat: own } : { path: target, stat: await look(target, signal) }
  }
  return {
    stat: async (path, { follow = false, signal } = {}) => (follow ? (await lookThrough(path, signal)).stat : await look(path, signal)),
    content: async (path, { offset = 0, length, signal } = {}) => {
      const found = await lookThrough(path, signal)
      if (found.stat.kind !== 'file') {
        throw new EngineError(found.stat.kind === 'folder' ? 'is-a-folder' : 'not-a-file', `read '${path}': it is not a file`)
      }
      const query = { path: found.path }
      const archive = await client.stream('GET', archiveUrl(place), { query, ...(signal === undefined ? {} : { signal }) })
      return fileOfArchive(archive, { offset, length: length ?? Number.POSITIVE_INFINITY })
    },
    list: refuse,
    write: refuse,
    makeFolder: refuse,
    rename: refuse,
    copy: refuse,
    remove: refuse,
    // biome-ignore lint/correctness/useYield: there is never anything to tell
    async *watch() {
      await refuse()
    },
  }
}

async function lookAt({ client, url }: { client: EngineClient; url: string }, request: EngineRequest): Promise<FileStat> {
  const headers = await headersOf(() => client.head(url, request))
  const text = Buffer.from(headers[STAT_HEADER] ?? '', 'base64').toString('utf8')
  const { size, mode, mtime, linkTarget } = parseValue(text, pathStatSchema)
  const time = Date.parse(mtime)
  const modified = Number.isNaN(time) ? 0 : time
  return {
    kind: kindOf(mode),
    ...(typeof linkTarget === 'string' && linkTarget !== '' ? { link: linkTarget } : {}),
    size,
    mode: mode & 0o777,
    uid: 0,
    gid: 0,
    modified,
    changed: modified,
    isReadOnly: true,
  }
}

async function headersOf(ask: () => ReturnType<EngineClient['head']>): ReturnType<EngineClient['head']> {
  try {
    return await ask()
  } catch (error) {
    // The answer to a HEAD has no body that would say what is missing.
    if (isNotFound(error)) throw new EngineError('no-such-file', 'there is no such file', { status: 404, cause: error })
    throw error
  }
}

function archiveUrl({ kind, id }: PlaceName): string {
  if (kind === 'container') return `/containers/${encodeURIComponent(id)}/archive`
  throw needsPocker()
}

// The bits of Go's os.FileMode, which are what Docker's API shows.
const FOLDER = 31
const LINK = 27
const DEVICES_PIPES_SOCKETS = [26, 25, 24, 21, 19]

function kindOf(mode: number): FileStat['kind'] {
  const has = (bit: number) => Math.floor(mode / 2 ** bit) % 2 === 1
  if (has(FOLDER)) return 'folder'
  if (has(LINK)) return 'link'
  return DEVICES_PIPES_SOCKETS.some(has) ? 'other' : 'file'
}

async function refuse(): Promise<never> {
  throw needsPocker()
}

function needsPocker(): EngineError {
  return new EngineError('needs-pocker', 'the engine cannot do that without running a program in the container')
}
