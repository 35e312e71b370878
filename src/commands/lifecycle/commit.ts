import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import type { ShowTransfer } from '../../transfer/progress.ts'
import { askImageName } from '../ask-image-name.ts'
import { chooseContainers } from '../choose.ts'
import { containerRefOf } from '../refs.ts'
import { type LifecycleParts, nameOf } from './on-containers.ts'

const madeSchema = z.object({ Id: z.string() })

/** Makes an image of a container as it is now; one that runs is halted for the moment that its files are read. Errors: EngineError. */
export async function commitFlow(parts: LifecycleParts & { readonly transfer: ShowTransfer }, item: unknown): Promise<void> {
  const [ref] = (await chooseContainers(parts, containerRefOf(item), undefined, { title: l10n.t('Make Image') })).refs
  if (ref === undefined) return
  const name = await askImageName(parts.ask, {
    title: l10n.t('Make an image of “{0}”', nameOf(ref)),
    prompt: l10n.t('The image’s name. Files in volumes and mounted folders are not part of it.'),
  })
  if (name === undefined) return
  const { repository: repo, tag } = name
  await parts.transfer(l10n.t('making {0}', `${repo}:${tag}`), async ({ signal }) => {
    const query = { container: ref.containerId, repo, tag }
    await ref.host.client.ask('POST', '/commit', madeSchema, { query, body: {}, signal, timeout: 0 })
  })
}
