/** Looking at a container's files without running anything in it, with any engine. */
import type { Readable } from 'node:stream'
import { codeOf, isNotFound } from '../client/engine-problem.ts'
import { archiveFiles } from '../files/archive-files.ts'
import { isOfOneFile } from '../files/file-errors.ts'
import { isPocker } from '../files/place-access.ts'
import { pockerFiles } from '../files/pocker-files.ts'
import type { Host } from '../hosts/host.ts'

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

const ANY_EXECUTE = 0o111

/** The files of a container as its engine shows them. */
export function containerFiles(host: Host, id: string): ContainerFiles {
  const files = (isPocker(host) ? pockerFiles : archiveFiles)(host.client, { kind: 'container', id })
  return {
    look: (path) =>
      orNothing(async () => {
        const { kind, mode } = await files.stat(path, { follow: true })
        return { isFile: kind === 'file', isExecutable: (mode & ANY_EXECUTE) !== 0 }
      }),
    read: (path, limit) => orNothing(async () => await bytesOf(await files.content(path, { length: limit }))),
  }
}

async function orNothing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    // An answer that knows of no such container is not about the file.
    if (codeOf(error) !== 'no-such-container' && (isNotFound(error) || isOfOneFile(error))) return undefined
    throw error
  }
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}
