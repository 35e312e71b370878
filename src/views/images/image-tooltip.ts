/** What is said of an image when the mouse rests on its row, in Markdown. Every text of the engine is escaped. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import type { ImageRef } from '../../commands/refs.ts'
import type { ImageRow } from '../../model/rows.ts'
import { escapeMarkdown } from '../../text/escape-markdown.ts'
import { sizeText } from '../../text/size.ts'
import { shortId } from './image-look.ts'

const factsSchema = z.object({
  Os: z.string().nullish(),
  Architecture: z.string().nullish(),
  Variant: z.string().nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Config: z
    .object({
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      User: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
})

export type ImageFacts = z.infer<typeof factsSchema>

const PATIENCE = 5000
const MOST = 8

/** Asks the engine for what the list does not tell, and words it all. `users` are the names of containers. */
export async function readTooltip(ref: ImageRef, row: ImageRow, users: readonly string[], signal: AbortSignal): Promise<string> {
  const time = (milliseconds: number) => new Date(milliseconds).toLocaleString()
  try {
    const path = `/images/${encodeURIComponent(ref.imageId)}/json`
    const processor = ref.host.kind === 'ssh' ? undefined : PROCESSORS[process.arch]
    const known = { row, users, time, ...(processor === undefined ? {} : { processor }) }
    return imageTooltip({ ...known, facts: await ref.host.client.ask('GET', path, factsSchema, { signal, timeout: PATIENCE }) })
  } catch {
    // What the list has told is shown all the same; that the host is lost, its own row says.
    return imageTooltip({ row, users, time })
  }
}

/** Go's names of this machine's processor. */
const PROCESSORS: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
}

export interface TooltipParts {
  readonly row: ImageRow
  readonly users: readonly string[]
  /** Writes milliseconds since 1970 as the user's local time. */
  readonly time: (milliseconds: number) => string
  readonly facts?: ImageFacts
  /** Go's name of the host's processor, where it is known. */
  readonly processor?: string
}

/** The tooltip. */
export function imageTooltip({ row, users, time, facts, processor }: TooltipParts): string {
  const config = facts?.Config
  const lines: readonly (readonly [name: string, value: string])[] = [
    [l10n.t('Names'), few(row.tags)],
    [l10n.t('Size'), row.size > 0 ? sizeText(row.size) : ''],
    [l10n.t('Created'), row.created > 0 ? time(row.created) : ''],
    [
      l10n.t('Platform'),
      [facts?.Os, facts?.Architecture, facts?.Variant].filter((part) => part !== undefined && part !== null && part !== '').join('/'),
    ],
    [l10n.t('Entrypoint'), (config?.Entrypoint ?? []).join(' ')],
    [l10n.t('Command'), (config?.Cmd ?? []).join(' ')],
    [l10n.t('User'), config?.User ?? ''],
    [l10n.t('Listens on'), few(Object.keys(config?.ExposedPorts ?? {}))],
    [l10n.t('Used by'), few(users)],
    [l10n.t('Digests'), few((facts?.RepoDigests ?? []).filter((digest) => !digest.startsWith('<none>')))],
    [l10n.t('ID'), shortId(row.id)],
  ]
  const isForeign = processor !== undefined && typeof facts?.Architecture === 'string' && facts.Architecture !== processor
  const warning = isForeign ? [l10n.t('It is for another processor: it runs here only where an emulator is set up.')] : []
  const shown = lines.flatMap(([name, value]) => (value === '' ? [] : [`${escapeMarkdown(name)}: ${escapeMarkdown(value, 400)}`]))
  return [...warning, ...shown].join('  \n')
}

function few(texts: readonly string[]): string {
  const first = texts.slice(0, MOST).join(', ')
  return texts.length > MOST ? l10n.t('{0} and {1} more', first, texts.length - MOST) : first
}
