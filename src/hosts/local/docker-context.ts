/** The context that Docker's command line uses at the moment. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { plainText } from '../../text/plain-text.ts'

const configSchema = z.object({ currentContext: z.string().optional() })
const metaSchema = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) })

/**
 * Its name and its unix socket; undefined for the default context, for one that is reached otherwise, and for files that are not Docker's.
 * DOCKER_HOST stands before it.
 */
export function contextSocket(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): { readonly name: string; readonly socket: string } | undefined {
  if (env.DOCKER_HOST) return undefined
  const folder = env.DOCKER_CONFIG || join(home, '.docker')
  const name = env.DOCKER_CONTEXT || read(join(folder, 'config.json'), configSchema)?.currentContext
  if (name === undefined || name === '' || name === 'default') return undefined
  // The folder is named for the hash, so that a name cannot be a path.
  const hash = createHash('sha256').update(name).digest('hex')
  const host = read(join(folder, 'contexts/meta', hash, 'meta.json'), metaSchema)?.Endpoints.docker.Host
  return host?.startsWith('unix://') ? { name: plainText(name, 60), socket: host.slice('unix://'.length) } : undefined
}

function read<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Docker's own files, which its own tools complain about.
    return undefined
  }
}
