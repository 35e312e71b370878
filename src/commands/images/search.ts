import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import type { PickRow } from '../../ask/ask.ts'
import { registryOf } from '../../registry/registry-of.ts'
import { plainText } from '../../text/plain-text.ts'
import { chooseHost } from '../choose.ts'
import type { ImageParts } from './image-parts.ts'
import { pullNamed } from './pull.ts'

const resultsSchema = z.array(
  z.object({
    name: z.string(),
    description: z.string().nullish(),
    star_count: z.number().nullish(),
    is_official: z.boolean().nullish(),
  }),
)

type Result = z.infer<typeof resultsSchema>[number]

/** Asks for words, has the engine search its registry for them, and pulls what is chosen. Errors: EngineError, TransferFailed. */
export async function searchFlow(parts: ImageParts, item: unknown): Promise<void> {
  const title = l10n.t('Search for Images')
  const host = await chooseHost(parts, item, { title })
  if (host === undefined) return
  const term = await parts.ask.input({
    title,
    prompt: l10n.t('Words to search for on Docker Hub; begin with another registry’s name to search there.'),
    value: '',
    placeholder: l10n.t('postgres'),
    check: (text) => (text.trim() === '' ? l10n.t('Which words?') : undefined),
  })
  if (term === undefined) return
  const query = { term: term.trim(), limit: 25 }
  const found = await parts.busy(() => host.client.ask('GET', '/images/search', resultsSchema, { query }))
  const results = found.map((result) => ({ ...result, name: fullName(registryOf(term.trim()), result.name) }))
  const none = { id: 'none', label: l10n.t('Nothing was found.'), icon: 'info' }
  const answer = await parts.ask.pick({
    title: l10n.t('Search for “{0}”', plainText(term, 60)),
    placeholder: l10n.t('Choose one to pull it'),
    rows: results.length === 0 ? [none] : results.map(row),
  })
  const chosen = answer.kind === 'picked' ? results[Number(answer.id)] : undefined
  if (chosen !== undefined) await pullNamed(parts, host, chosen.name)
}

// Other registries than Docker Hub name what they have without themselves.
function fullName(registry: string, name: string): string {
  return registry === 'docker.io' || name.startsWith(`${registry}/`) ? name : `${registry}/${name}`
}

function row({ name, description, star_count, is_official }: Result, index: number): PickRow {
  const facts = [...(typeof star_count === 'number' ? [`★ ${star_count}`] : []), ...(is_official === true ? [l10n.t('official')] : [])]
  return {
    id: String(index),
    label: plainText(name, 100),
    description: facts.join(' · '),
    detail: plainText(description ?? '', 200),
    icon: is_official === true ? 'verified' : 'package',
  }
}
