/** An image as a page: what it runs, what it is made of. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import type { Fact, Page } from '../../page/page.ts'
import { momentText } from '../../text/moment.ts'
import { plainText } from '../../text/plain-text.ts'
import { joinWords } from '../../text/shell-words.ts'
import { sizeText } from '../../text/size.ts'

const text = z.string().nullish()
const wordOrWords = z.union([z.string(), z.array(z.string())]).nullish()

/** As much of `GET /images/{name}/json` as the page shows. */
export const imageAnswerSchema = z.object({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Created: text,
  Author: text,
  Architecture: text,
  Variant: text,
  Os: text,
  Size: z.number().nullish(),
  Config: z
    .object({
      User: text,
      WorkingDir: text,
      Entrypoint: wordOrWords,
      Cmd: wordOrWords,
      Env: z.array(z.string()).nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Volumes: z.record(z.string(), z.unknown()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
      Healthcheck: z.object({ Test: z.array(z.string()).nullish() }).nullish(),
      StopSignal: text,
    })
    .nullish(),
})

/** Of `GET /images/{name}/history`, the newest first. */
export const historySchema = z.array(
  z.object({ Created: z.number().nullish(), CreatedBy: text, Size: z.number().nullish(), Comment: text }),
)

/** The page of an image and its history. */
export function imagePage(image: z.infer<typeof imageAnswerSchema>, history: z.infer<typeof historySchema>, host: string): Page {
  const { Config } = image
  const shortId = image.Id.replace('sha256:', '').slice(0, 12)
  const pairs = Object.entries(Config?.Labels ?? {}).map(([name, value]) => [plainText(name, 1000), plainText(value, 4000)])
  return {
    title: plainText(image.RepoTags?.find((tag) => !tag.startsWith('<none>')) ?? shortId),
    subtitle: l10n.t('image on {0}', plainText(host)),
    sections: [
      {
        heading: l10n.t('Image'),
        content: {
          kind: 'facts',
          facts: facts([
            [l10n.t('Names'), (image.RepoTags ?? []).filter((tag) => !tag.startsWith('<none>')).join(', ')],
            [l10n.t('Size'), sizeText(image.Size ?? 0)],
            [l10n.t('Platform'), [image.Os, image.Architecture, image.Variant].filter((part) => part !== '' && part != null).join('/')],
            [l10n.t('Created'), momentText(image.Created)],
            [l10n.t('Author'), image.Author],
            [l10n.t('ID'), image.Id, 'code'],
            [l10n.t('Digests'), (image.RepoDigests ?? []).join('\n'), 'code'],
          ]),
        },
      },
      {
        heading: l10n.t('What it runs'),
        content: {
          kind: 'facts',
          facts: facts([
            [l10n.t('Entrypoint'), commandText(Config?.Entrypoint), 'code'],
            [l10n.t('Command'), commandText(Config?.Cmd), 'code'],
            [l10n.t('Working directory'), Config?.WorkingDir, 'code'],
            [l10n.t('User'), Config?.User === '' || Config?.User == null ? 'root' : Config.User],
            [l10n.t('Ports'), Object.keys(Config?.ExposedPorts ?? {}).join(', ')],
            [l10n.t('Volumes'), Object.keys(Config?.Volumes ?? {}).join(', ')],
            [l10n.t('Health check'), commandText(Config?.Healthcheck?.Test), 'code'],
            [l10n.t('Stop signal'), Config?.StopSignal],
            [l10n.t('Environment'), (Config?.Env ?? []).join('\n'), 'code'],
          ]),
        },
      },
      {
        heading: l10n.t('How it was made'),
        content: {
          kind: 'table',
          columns: [l10n.t('Size'), l10n.t('Step')],
          rows: history
            .toReversed()
            .map(({ Size, CreatedBy, Comment }) => [sizeText(Size ?? 0), plainText(CreatedBy || Comment || '', 2000)]),
        },
      },
      ...(pairs.length === 0
        ? []
        : [{ heading: l10n.t('Labels'), content: { kind: 'table' as const, columns: [l10n.t('Label'), l10n.t('Value')], rows: pairs } }]),
    ],
  }
}

function facts(entries: readonly (readonly [name: string, value: string | null | undefined, isCode?: 'code'])[]): Fact[] {
  return entries.flatMap(([name, value, isCode]) =>
    value === undefined || value === null || value === ''
      ? []
      : [
          {
            name,
            value: value
              .split('\n')
              .map((line) => plainText(line, 4000))
              .join('\n'),
            ...(isCode === undefined ? {} : { isCode: true }),
          },
        ],
  )
}

function commandText(words: string | readonly string[] | null | undefined): string | undefined {
  if (words === null || words === undefined) return undefined
  return typeof words === 'string' ? words : joinWords(words)
}
