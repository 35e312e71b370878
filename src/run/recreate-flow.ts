/** "Edit and recreate": the form of a container that is there already. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import type { Host } from '../hosts/host.ts'
import { plainText } from '../text/plain-text.ts'
import { createRequest } from './create-request.ts'
import { containerInspectSchema, fromContainer } from './from-container.ts'
import { imageFacts } from './image-facts.ts'
import type { Surroundings } from './prefill.ts'
import { replaceContainer } from './replace-container.ts'
import { reviewLoop } from './review-loop.ts'
import { canPublish, findImage, inUse } from './run-engine.ts'
import type { RunParts, Started } from './run-flow.ts'

const changesSchema = z.array(z.unknown()).nullable()

/** Shows the container's answers and makes it anew with what they are then. Nothing when it was left. Errors: EngineError. */
export async function recreateFlow(parts: RunParts, host: Host, containerId: string): Promise<Started | undefined> {
  const { client } = host
  const old = await client.ask('GET', `/containers/${encodeURIComponent(containerId)}/json`, containerInspectSchema)
  const image = await findImage(client, old.Image)
  const facts = imageFacts(image ?? { Id: old.Image })
  const { answers, base } = fromContainer(old, image?.Config ?? {}, { isPocker: host.state.kind === 'ready' && host.state.engine.isPocker })
  // Without its image nothing can be made of it under another name than the ID, and that is refused in words.
  const original = createRequest(answers, base)
  const { names, taken } = await inUse(host)
  const workspace = parts.workspaceOf(host)
  const around: Surroundings = {
    names,
    taken,
    probe: parts.probeOf(host),
    canPublish: await canPublish(host),
    ...(workspace === undefined ? {} : { workspace }),
  }
  const outcome = await reviewLoop<Started>({
    ...parts,
    host,
    answers,
    facts,
    portNotes: [],
    around,
    canGoBack: false,
    base,
    replaces: answers.name,
    run: async (edited) => {
      if (!(await mayGo(parts, host, { id: old.Id, name: answers.name }))) return undefined
      const request = createRequest(edited, base)
      const id = await replaceContainer(client, { old, request, name: edited.name, original })
      return { host, containerId: id, answers: edited, facts }
    },
  })
  return outcome.kind === 'done' ? outcome.result : undefined
}

/** Asks only where something would be lost: files changed inside the container, outside of its volumes. */
async function mayGo({ ui }: RunParts, host: Host, { id, name }: { id: string; name: string }): Promise<boolean> {
  const changes = (await host.client.ask('GET', `/containers/${id}/changes`, changesSchema)) ?? []
  if (changes.length === 0) return true
  return await ui.confirm({
    text: l10n.t('Recreate “{0}”?', plainText(name)),
    detail:
      changes.length === 1
        ? l10n.t(
            'One file or folder was changed inside the container, outside of its volumes, and will be gone. Volumes and mounted folders stay.',
          )
        : l10n.t(
            '{0} files and folders were changed inside the container, outside of its volumes, and will be gone. Volumes and mounted folders stay.',
            changes.length,
          ),
    button: l10n.t('Recreate'),
  })
}
