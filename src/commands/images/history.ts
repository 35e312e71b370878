import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import { plainText } from '../../text/plain-text.ts'
import { sizeText } from '../../text/size.ts'
import { chooseImages } from '../choose.ts'
import { type ImageParts, imageLabel, imagePath } from './image-parts.ts'

const historySchema = z.array(
  z.object({
    Created: z.number().nullish(),
    CreatedBy: z.string().nullish(),
    Size: z.number().nullish(),
    Comment: z.string().nullish(),
    Tags: z.array(z.string()).nullish(),
  }),
)

type Step = z.infer<typeof historySchema>[number]

/** Shows how an image was made, the newest step first, as a document. Errors: EngineError. */
export async function historyFlow(parts: ImageParts, item: unknown, selected: unknown): Promise<void> {
  const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Show History') })
  for (const ref of refs) {
    const steps = await ref.host.client.ask('GET', `${imagePath(ref)}/history`, historySchema)
    const label = imageLabel(ref)
    await parts.show({ name: `${label.replaceAll(':', ' ')} ${l10n.t('history')}`, text: historyText(label, steps) })
  }
}

/** The steps, each with its date, its size and what it did. Every text of the image is in one line. */
export function historyText(label: string, steps: readonly Step[]): string {
  const total = steps.reduce((sum, { Size }) => sum + (Size ?? 0), 0)
  const lines = steps.map(({ Created, CreatedBy, Size, Comment, Tags }) => {
    const date = typeof Created === 'number' && Created > 0 ? new Date(Created * 1000).toISOString().slice(0, 10) : ''
    const size = typeof Size === 'number' && Size > 0 ? sizeText(Size) : '–'
    const names = Tags === null || Tags === undefined || Tags.length === 0 ? '' : `  [${Tags.map((tag) => plainText(tag)).join(', ')}]`
    const comment = Comment === null || Comment === undefined || Comment === '' ? '' : `  # ${plainText(Comment)}`
    return `${date.padEnd(10)}  ${size.padStart(7)}  ${plainText(stepText(CreatedBy ?? ''), 2000)}${names}${comment}`.trimEnd()
  })
  return `${l10n.t('{0} · {1} · steps: {2}, the newest first', label, sizeText(total), steps.length)}\n\n${lines.join('\n')}\n`
}

// As builders write it: what only changes the configuration is `/bin/sh -c #(nop)  CMD […]`.
function stepText(createdBy: string): string {
  const text = createdBy.trim()
  if (text.startsWith('/bin/sh -c #(nop)')) return text.slice('/bin/sh -c #(nop)'.length).trim()
  return text.startsWith('/bin/sh -c ') ? `RUN ${text.slice('/bin/sh -c '.length).trim()}` : text
}
