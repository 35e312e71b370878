import { PockerError } from '../../api/errors.ts'
import type { PathStat } from '../../archive/archive.ts'
import { answeredObject } from '../http/answers.ts'
import type { Client } from '../http/client.ts'
import { containerPath } from '../http/path.ts'
import type { ResponseHead } from '../http/response.ts'

/** What a path in a container is; links are not followed. */
export interface ContainerPath {
  readonly kind: 'folder' | 'link' | 'device' | 'other'
  readonly linkTarget: string
  readonly size: number
}

/** Bits of Go's os.FileMode. */
const DEVICE = 1 << 26
const LINK = 1 << 27
const IRREGULAR = 1 << 19
const FOLDER_BIT = 31

/** Asks for a path in a container; undefined when the engine cannot tell, as for one that is not there. */
export async function statInContainer(client: Client, container: string, path: string): Promise<ContainerPath | undefined> {
  try {
    return readPathStat(await client.head(containerPath(container, 'archive'), { query: { path } }))
  } catch (error) {
    // The request that follows tells what is wrong, with words: the answer to HEAD has none.
    if (error instanceof PockerError) return undefined
    throw error
  }
}

/** The stat that an answer carries in its head. Errors: `bad-response`. */
export function readPathStat(head: ResponseHead): ContainerPath {
  const { mode = 0, linkTarget = '', size = 0 } = answeredObject<Partial<PathStat>>(parsed(head))
  return { kind: kindOf(mode), linkTarget, size }
}

function kindOf(mode: number): ContainerPath['kind'] {
  if ((mode >>> FOLDER_BIT) & 1) return 'folder'
  if (mode & LINK) return 'link'
  return mode & (DEVICE | IRREGULAR) ? 'device' : 'other'
}

function parsed(head: ResponseHead): unknown {
  const header = head.headers.get('x-docker-container-path-stat') ?? ''
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'))
  } catch (cause) {
    throw new PockerError('Unavailable', 'read response: it does not tell what the path is', { code: 'bad-response', cause })
  }
}
