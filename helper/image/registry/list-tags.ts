/** The tags of a repository, as its registry lists them. */
import { z } from 'zod'
import { PockerError } from '../../api/errors.ts'
import { readJsonAnswer } from './body.ts'
import { fromFirst } from './from-first.ts'
import { ask, type Repository } from './repository.ts'
import { retrying } from './retry.ts'

const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/

const schema = z.object({ tags: z.array(z.string().regex(TAG)).nullish() })

const PAGE = 1000
const PAGE_LIMIT = 100
const BYTES = 4 << 20

/**
 * All tags. Errors: NotFound `image-not-found` when there are none, Unavailable `bad-answer`; those of `ask`.
 * See https://github.com/opencontainers/distribution-spec, "Listing Tags".
 */
export async function listTags(repositories: readonly Repository[], signal: AbortSignal): Promise<readonly string[]> {
  const { result } = await fromFirst(repositories, (repository) => listAt(repository, signal))
  return result
}

async function listAt(repository: Repository, signal: AbortSignal): Promise<readonly string[]> {
  const tags = new Set<string>()
  let last: string | undefined
  for (let page = 0; page < PAGE_LIMIT; page++) {
    const { found, hasMore } = await readPage(repository, last, signal)
    const before = tags.size
    for (const tag of found) tags.add(tag)
    last = found.at(-1)
    // A registry that begins anew each time has no end.
    if (!hasMore || tags.size === before) break
  }
  if (tags.size > 0) return [...tags]
  throw new PockerError('NotFound', `pull '${repository.name}': registry ${repository.endpoint.host} has no tag of it`, {
    code: 'image-not-found',
  })
}

function readPage(
  repository: Repository,
  last: string | undefined,
  signal: AbortSignal,
): Promise<{ found: readonly string[]; hasMore: boolean }> {
  const query = new URLSearchParams({ n: String(PAGE), ...(last === undefined ? {} : { last }) })
  return retrying({ signal, firstDelay: repository.registries.firstDelay }, async () => {
    const answer = await ask(repository, { method: 'GET', target: `/tags/list?${query}`, signal, accept: [200] })
    const { tags } = await readJsonAnswer(answer, schema, { limit: BYTES, what: 'list of tags' })
    // The next page is asked for by our own words: the address in the header is the registry's choice.
    return { found: tags ?? [], hasMore: answer.headers.link !== undefined }
  })
}
