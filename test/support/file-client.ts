/** The files of one place over a helper's socket, as plain as can be. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import type { FileChange, FileEntry, FileStat } from '../../helper/api/files.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

type Query = Readonly<Record<string, string | number | boolean>>

export interface FileClient {
  /** Whatever the answer is. */
  ask(method: string, path: string, query: Query, body?: string | Buffer): Promise<Reply>
  stat(path: string, query?: Query): Promise<FileStat>
  list(path: string, query?: Query): Promise<FileEntry[]>
  names(path: string, query?: Query): Promise<string[]>
  read(path: string, query?: Query): Promise<string>
  /** Makes or replaces it unless the query says otherwise. */
  write(path: string, content: string | Buffer, query?: Query): Promise<FileStat>
  remove(path: string, recursive?: boolean): Promise<void>
  /** The code of the error that the answer is; `none` when it is none. */
  code(method: string, path: string, query: Query, body?: string): Promise<string>
  /** A request whose body the caller writes. */
  begin(method: string, path: string, query: Query): ClientRequest
  watch(path: string, query?: Query): Promise<WatchClient>
}

export interface WatchClient {
  readonly changes: readonly FileChange[]
  until(kind: FileChange['kind'], path: string): Promise<void>
  /** Resolves when the answer has ended, rejects when it was cut off. */
  readonly ended: Promise<void>
  stop(): void
}

/** `place` is such as `/pocker/containers/web`. */
export function fileClient(socketPath: string, place: string): FileClient {
  const begin: FileClient['begin'] = (method, path, query) => {
    const words = new URLSearchParams(Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])))
    return request({ socketPath, method, path: `${place}/files${path}?${words}`, agent: false })
  }
  const send = (method: string, path: string, query: Query, body?: string | Buffer) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      begin(method, path, query).once('response', resolve).once('error', reject).end(body)
    })
  const ask: FileClient['ask'] = async (method, path, query, body) => {
    const answer = await send(method, path, query, body)
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) }
  }
  const good = async (...words: Parameters<FileClient['ask']>): Promise<Buffer> => {
    const { status, body } = await ask(...words)
    if (status >= 400) throw new Error(`${words[0]} ${words[1]} ${JSON.stringify(words[2])}: ${status} ${body}`)
    return body
  }
  const json = async (...words: Parameters<FileClient['ask']>) => JSON.parse((await good(...words)).toString())
  const list: FileClient['list'] = async (path, query) => (await json('GET', '/list', { path, ...query })).entries
  return {
    ask,
    begin,
    list,
    stat: (path, query) => json('GET', '/stat', { path, ...query }),
    names: async (path, query) => (await list(path, query)).map(({ name }) => name),
    read: async (path, query) => (await good('GET', '/content', { path, ...query })).toString(),
    write: (path, content, query) => json('PUT', '/content', { path, create: true, overwrite: true, ...query }, content),
    remove: async (path, recursive = false) => void (await good('DELETE', '', { path, recursive })),
    code: async (...words) => {
      const { status, body } = await ask(...words)
      return status < 400 ? 'none' : JSON.parse(body.toString()).code
    },
    watch: async (path, query) => {
      const watch = await followWatch(await send('GET', '/watch', { path, ...query }))
      await watch.until('ready', path)
      return watch
    },
  }
}

async function followWatch(answer: IncomingMessage): Promise<WatchClient> {
  if (answer.statusCode !== 200) throw new Error(`watch: ${answer.statusCode} ${(await buffer(answer)).toString()}`)
  const changes: FileChange[] = []
  let wake = () => undefined
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  ended.catch(() => undefined)
  answer.once('end', resolve).once('error', reject)
  createInterface(answer).on('line', (line) => {
    changes.push(JSON.parse(line))
    wake()
  })
  const until: WatchClient['until'] = async (kind, path) => {
    while (!changes.some((change) => change.kind === kind && change.path === path)) {
      await new Promise<void>((again) => {
        wake = () => void again()
      })
    }
  }
  return { changes, until, ended, stop: () => void answer.destroy() }
}
