import { realpathSync } from 'node:fs'
import { invalid } from './refuse.ts'

/**
 * Where a host path really lies, links followed; undefined when nothing is there.
 * Errors: `bad-bind-source` when it cannot be looked at.
 */
export function realHostPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    throw invalid('bad-bind-source', `look at '${path}': ${code === 'ELOOP' ? 'its links lead in a circle' : code}`)
  }
}
