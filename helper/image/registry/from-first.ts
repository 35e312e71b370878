import { PockerError } from '../../api/errors.ts'
import type { Repository } from './repository.ts'

export interface FirstResult<T> {
  readonly result: T
  /** The one that gave it and those after it. */
  readonly sources: readonly Repository[]
}

/**
 * What the first repository gives, or the next one where it fails: mirrors may lack an image, lie or be down, and the registry itself is
 * asked last. Errors: those of the last one; Cancelled at once.
 */
export async function fromFirst<T>(
  repositories: readonly Repository[],
  get: (repository: Repository) => Promise<T>,
): Promise<FirstResult<T>> {
  const [first, ...others] = repositories
  if (first === undefined) throw new PockerError('Internal', 'ask registry: there is none to ask', { code: 'registry-unreachable' })
  try {
    return { result: await get(first), sources: repositories }
  } catch (error) {
    if (others.length === 0 || (error instanceof PockerError && error.kind === 'Cancelled')) throw error
    return fromFirst(others, get)
  }
}
