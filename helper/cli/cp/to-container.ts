import { PockerError } from '../../api/errors.ts'
import type { CommandContext } from '../command.ts'
import { containerPath } from '../http/path.ts'
import { absolutePath, linkTarget } from './copy-paths.ts'
import type { CopyDestination } from './copy-plan.ts'
import { planCopy } from './copy-plan.ts'
import { copyProgress } from './copy-progress.ts'
import type { CopyOptions } from './from-container.ts'
import { localSource } from './local-paths.ts'
import { packLocal } from './pack-local.ts'
import { statInContainer } from './path-stat.ts'

/** `cp SRC CONTAINER:DEST` and `cp - CONTAINER:DEST`. Errors: those of the API, of the paths and of `packLocal`. */
export async function copyToContainer(context: CommandContext, options: CopyOptions & { readonly keepOwners: boolean }): Promise<void> {
  const { client, io } = context
  const { container, source } = options
  const destination = await destinationInContainer(context, options)
  const query = (path: string) => ({ path, noOverwriteDirNonDir: 'true', copyUIDGID: options.keepOwners ? 'true' : undefined })
  const put = (path: string, upload: AsyncIterable<Uint8Array>) =>
    client.text('PUT', containerPath(container, 'archive'), { query: query(path), upload })
  if (source === '-') {
    if (destination.kind !== 'folder') throw bad(options, 'must be a folder')
    await put(destination.path, io.stdin)
    return
  }
  const found = localSource(absolutePath(io.cwd, source), options)
  const plan = planCopy(found, destination)
  const progress = copyProgress(io, 'Copying to container', options)
  try {
    await put(plan.folder, progress.count(packLocal(found.path, plan.name ?? '.')))
  } finally {
    await progress.clear()
  }
  await progress.done(`${container}:${destination.path}`)
}

/** A link at the end is followed once, as Docker does; what cannot be told is taken for missing, and the engine tells what is wrong. */
async function destinationInContainer({ client }: CommandContext, options: CopyOptions): Promise<CopyDestination> {
  const { container } = options
  let path = options.destination
  let stat = await statInContainer(client, container, path)
  if (stat?.kind === 'link') {
    path = linkTarget(path, stat.linkTarget)
    stat = await statInContainer(client, container, path)
  }
  if (stat === undefined) return { path, kind: 'missing' }
  if (stat.kind === 'device') throw bad(options, 'must be a folder or a regular file')
  return { path, kind: stat.kind === 'folder' ? 'folder' : 'other' }
}

function bad({ container, destination }: CopyOptions, why: string): PockerError {
  return new PockerError('InvalidParameter', `destination "${container}:${destination}" ${why}`, { code: 'bad-copy-destination' })
}
