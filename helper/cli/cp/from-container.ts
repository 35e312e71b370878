import type { CommandContext } from '../command.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'
import { absolutePath, followedPath, linkTarget, splitPath } from './copy-paths.ts'
import { planCopy } from './copy-plan.ts'
import { copyProgress } from './copy-progress.ts'
import { localDestination } from './local-paths.ts'
import { readPathStat, statInContainer } from './path-stat.ts'
import { unpackHere } from './unpack-here.ts'

export interface CopyOptions {
  readonly container: string
  readonly source: string
  readonly destination: string
  readonly followLink: boolean
  readonly quiet: boolean
}

/** `cp CONTAINER:SRC DEST` and `cp CONTAINER:SRC -`. Errors: those of the API, of the paths and of `unpackHere`. */
export async function copyFromContainer({ client, io }: CommandContext, options: CopyOptions): Promise<void> {
  const { container, destination } = options
  // What cannot be written is known before anything is asked for.
  const target = destination === '-' ? undefined : localDestination(absolutePath(io.cwd, destination))
  const { path, name } = options.followLink ? await followed(client, container, options.source) : { path: options.source, name: undefined }
  const { head, body } = await client.stream('GET', containerPath(container, 'archive'), { query: { path } })
  if (target === undefined) {
    for await (const piece of body) await write(io.stdout, piece)
    return
  }
  const plan = planCopy({ path, isFolder: readPathStat(head).kind === 'folder', name }, target)
  const progress = copyProgress(io, 'Copying from container', options)
  const names = { archive: archiveName(path), copy: plan.name === undefined ? undefined : byteString(plan.name) }
  try {
    await unpack(progress.count(body), { folder: plan.folder, names })
  } finally {
    await progress.clear()
  }
  await progress.done(absolutePath(io.cwd, destination))
}

async function unpack(body: AsyncIterable<Uint8Array>, target: Parameters<typeof unpackHere>[0]): Promise<void> {
  const { TarReader } = await import('../../archive/tar/reader.ts')
  const here = unpackHere(target)
  try {
    const reader = new TarReader(here)
    for await (const piece of body) reader.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
    reader.finish()
    here.finish()
  } finally {
    here.close()
  }
}

/** What a link in the container leads to, to be copied under the link's name. */
async function followed(
  client: CommandContext['client'],
  container: string,
  path: string,
): Promise<{ readonly path: string; readonly name: string | undefined }> {
  const stat = await statInContainer(client, container, path)
  return stat?.kind === 'link' ? followedPath(path, linkTarget(path, stat.linkTarget)) : { path, name: undefined }
}

/** What the engine calls the source in its archive; undefined when it sends a folder's content. */
function archiveName(path: string): string | undefined {
  const { name } = splitPath(path)
  return name === '.' || name === '/' ? undefined : byteString(name)
}

function byteString(text: string): string {
  return Buffer.from(text).toString('latin1')
}
