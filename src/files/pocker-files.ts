/** Files by Pocker's own endpoints (`helper/api/files.ts`): no program runs in the container. */
import type { Readable } from 'node:stream'
import { fileChangeSchema, fileListSchema, fileStatSchema } from '../../helper/api/files.ts'
import type { EngineClient, EngineRequest } from '../client/engine-client.ts'
import { parseValue } from '../client/json-lines.ts'
import { textOf } from '../client/send.ts'
import type { Files, Owner, WriteOptions } from './files.ts'
import { endpointOf, type PlaceName } from './place.ts'

type Query = NonNullable<EngineRequest['query']>

/** A copy or a deletion of a large folder is answered when it is done. */
const LONG = 0
/** Of a FileStat. */
const LARGEST_ANSWER = 64 << 10

/** The files of a place of a Pocker host. */
export function pockerFiles(client: EngineClient, place: PlaceName): Files {
  const { path: base, query: always } = endpointOf(place)
  const at = (name: string) => `${base}/files${name}`
  const withPlace = (query: Query): Query => ({ ...always, ...query })
  const move = (verb: 'rename' | 'copy') => (from: string, to: string, overwrite: boolean) =>
    client.ask('POST', at(`/${verb}`), fileStatSchema, { query: withPlace({ from, to, overwrite }), timeout: LONG })
  const rename = move('rename')
  const copy = move('copy')
  return {
    stat: (path, { follow = false, signal } = {}) =>
      client.ask('GET', at('/stat'), fileStatSchema, { query: withPlace({ path, follow }), ...given(signal) }),
    list: (path, { signal } = {}) => client.ask('GET', at('/list'), fileListSchema, { query: withPlace({ path }), ...given(signal) }),
    content: (path, { offset, length, signal } = {}) =>
      client.stream('GET', at('/content'), { query: withPlace({ path, offset, length }), ...given(signal) }),
    write: (path, content, options) =>
      write({ client, url: at('/content'), query: withPlace({ path, ...writeQuery(options) }) }, content, options),
    makeFolder: (path, owner = {}) =>
      client.ask('POST', at('/folder'), fileStatSchema, { query: withPlace({ path, ...ownerQuery(owner) }) }),
    rename: (from, to, { overwrite }) => rename(from, to, overwrite),
    copy: (from, to, { overwrite }) => copy(from, to, overwrite),
    remove: (path, { recursive }) => client.tell('DELETE', at(''), { query: withPlace({ path, recursive }), timeout: LONG }),
    watch: (path, { recursive, signal }) =>
      client.lines('GET', at('/watch'), fileChangeSchema, { query: withPlace({ path, recursive }), signal }),
  }
}

interface Writing {
  readonly client: EngineClient
  readonly url: string
  readonly query: Query
}

async function write({ client, url, query }: Writing, content: Readable, { signal }: WriteOptions) {
  // The answer's head comes after the last byte, however long that takes.
  const answer = await client.stream('PUT', url, { query, input: content, timeout: LONG, ...given(signal) })
  return parseValue(await textOf(answer, LARGEST_ANSWER), fileStatSchema)
}

function writeQuery({ create, overwrite, ...owner }: WriteOptions): Query {
  return { create, overwrite, ...ownerQuery(owner) }
}

function ownerQuery({ mode, uid, gid }: Owner): Query {
  return { mode: mode?.toString(8), uid, gid }
}

function given(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
