/** Pocker's endpoints for files on a fake engine: what a place has is kept in memory. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { posix } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { FileStat } from '../../helper/api/files.ts'
import type { FakeEngine } from './fake-engine.ts'

export interface FakeFile extends Partial<FileStat> {
  /** A folder has none. */
  content?: Buffer
}

/** Files by their paths; `/` is there by itself. */
export type FakeTree = Map<string, FakeFile>

/** Answers for a place, whose endpoints begin with `base`, such as `/pocker/containers/a`. Watches are the test's own affair. */
export function serveFiles(engine: FakeEngine, base: string, files: Readonly<Record<string, string | FakeFile>> = {}): FakeTree {
  const tree: FakeTree = new Map([['/', {}]])
  for (const [path, file] of Object.entries(files)) tree.set(path, typeof file === 'string' ? { content: Buffer.from(file) } : file)
  const serve = (call: string, answer: (at: Asked) => unknown) =>
    engine.handlers.set(
      call.replace(' ', ` ${base}/files`),
      (request, response, url) => void respond(response, () => answer(askedOf(request, url))),
    )
  serve('GET /stat', ({ path, query }) => statOf(tree, query.get('follow') === 'true' ? followed(tree, path) : path))
  serve('GET /list', ({ path }) => listOf(tree, path))
  serve('GET /content', ({ path, query }) => {
    const { content } = found(tree, followed(tree, path))
    if (content === undefined) throw new Refusal(400, 'is-a-folder')
    const offset = Number(query.get('offset') ?? 0)
    return content.subarray(offset, offset + Number(query.get('length') ?? content.length))
  })
  serve('PUT /content', async ({ path, query, request }) => {
    const content = await buffer(request)
    const [create, overwrite] = [query.get('create') === 'true', query.get('overwrite') === 'true']
    const before = tree.get(path)
    if (before === undefined && !create) throw new Refusal(404, 'no-such-file')
    if (before !== undefined && before.content === undefined) throw new Refusal(400, 'is-a-folder')
    if (before !== undefined && create && !overwrite) throw new Refusal(409, 'file-exists')
    folderOf(tree, path)
    tree.set(path, { ...before, ...ownerOf(query), content })
    return statOf(tree, path)
  })
  serve('POST /folder', ({ path, query }) => {
    if (tree.has(path)) throw new Refusal(409, 'file-exists')
    folderOf(tree, path)
    tree.set(path, ownerOf(query))
    return statOf(tree, path)
  })
  serve('POST /rename', ({ query }) => {
    const [from, to] = [query.get('from') ?? '', query.get('to') ?? '']
    found(tree, from)
    if (tree.has(to) && query.get('overwrite') !== 'true') throw new Refusal(409, 'file-exists')
    for (const path of [...tree.keys()].filter((each) => isIn(each, from))) {
      tree.set(to + path.slice(from.length), tree.get(path) ?? {})
      tree.delete(path)
    }
    return statOf(tree, to)
  })
  serve('POST /copy', ({ query }) => {
    const [from, to] = [query.get('from') ?? '', query.get('to') ?? '']
    for (const path of [...tree.keys()].filter((each) => isIn(each, from))) tree.set(to + path.slice(from.length), { ...tree.get(path) })
    return statOf(tree, to)
  })
  serve('DELETE ', ({ path }) => {
    found(tree, path)
    for (const each of [...tree.keys()].filter((other) => isIn(other, path))) tree.delete(each)
    return undefined
  })
  return tree
}

interface Asked {
  readonly path: string
  readonly query: URLSearchParams
  readonly request: IncomingMessage
}

class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

function askedOf(request: IncomingMessage, url: URL): Asked {
  return { path: url.searchParams.get('path') ?? '', query: url.searchParams, request }
}

async function respond(response: ServerResponse, answer: () => unknown): Promise<void> {
  try {
    const value = await answer()
    response.end(Buffer.isBuffer(value) ? value : value === undefined ? '' : JSON.stringify(value))
  } catch (error) {
    const { status, code } = error instanceof Refusal ? error : new Refusal(500, String(error))
    response.writeHead(status).end(JSON.stringify({ message: code, code }))
  }
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function found(tree: FakeTree, path: string): FakeFile {
  const file = tree.get(path)
  if (file === undefined) throw new Refusal(404, 'no-such-file')
  return file
}

function folderOf(tree: FakeTree, path: string): void {
  if (found(tree, posix.dirname(path)).content !== undefined) throw new Refusal(400, 'not-a-folder')
}

function followed(tree: FakeTree, path: string): string {
  const { link } = found(tree, path)
  return link === undefined ? path : posix.resolve(posix.dirname(path), link)
}

function ownerOf(query: URLSearchParams): FakeFile {
  const number = (name: string, base: number) => (query.has(name) ? { [name]: Number.parseInt(query.get(name) ?? '', base) } : {})
  return { ...number('mode', 8), ...number('uid', 10), ...number('gid', 10) }
}

function statOf(tree: FakeTree, path: string): FileStat {
  const { content, ...file } = found(tree, path)
  const link = file.link === undefined ? undefined : tree.get(followed(tree, path))
  return {
    kind: file.link !== undefined ? 'link' : content === undefined ? 'folder' : 'file',
    ...(link === undefined ? {} : { target: link.content === undefined ? 'folder' : 'file' }),
    size: content?.length ?? 0,
    mode: content === undefined ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    modified: 1,
    changed: 1,
    isReadOnly: false,
    ...file,
  }
}

function listOf(tree: FakeTree, folder: string): unknown {
  if (found(tree, folder).content !== undefined) throw new Refusal(400, 'not-a-folder')
  const paths = [...tree.keys()].filter((path) => path !== '/' && posix.dirname(path) === folder).sort()
  return { entries: paths.map((path) => ({ ...statOf(tree, path), name: posix.basename(path) })), isCut: false }
}
