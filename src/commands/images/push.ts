import * as l10n from '@vscode/l10n'
import { isAborted } from '../../client/engine-problem.ts'
import { InWords } from '../../errors/in-words.ts'
import { registryOf } from '../../registry/registry-of.ts'
import { parseImageName } from '../../run/names.ts'
import { pullMessageSchema } from '../../run/pull-progress.ts'
import { followMessages } from '../../transfer/follow-messages.ts'
import { chooseImages } from '../choose.ts'
import type { ImageRef } from '../refs.ts'
import { type ImageParts, imageLabel } from './image-parts.ts'

/** Pushes names to their registries, one after the other. Errors: EngineError, TransferFailed `push-failed`, InWords `no-name`. */
export async function pushFlow(parts: ImageParts, item: unknown, selected: unknown): Promise<void> {
  const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Push') })
  for (const ref of refs) if (!(await push(parts, ref))) return
}

/** False when it was cancelled. */
async function push({ login, transfer }: ImageParts, ref: ImageRef): Promise<boolean> {
  const name = parseImageName(ref.tag ?? '')
  if ('problem' in name)
    throw new InWords('no-name', l10n.t('“{0}” has no name: give it one that begins with the registry to push it to.', imageLabel(ref)))
  const { repository, tag } = name.value
  const path = `/images/${repository.split('/').map(encodeURIComponent).join('/')}/push`
  return await login(registryOf(repository), (headers) =>
    transfer(l10n.t('pushing {0}', `${repository.split('/').at(-1)}:${tag}`), async (view) => {
      try {
        // Docker refuses a push without the header, whatever is in it.
        const request = { query: { tag }, headers: { 'X-Registry-Auth': EMPTY, ...headers }, signal: view.signal }
        await followMessages(ref.host.client.lines('POST', path, pullMessageSchema, request), view, 'push-failed')
      } catch (error) {
        if (view.signal.aborted || isAborted(error)) return false
        throw error
      }
      return !view.signal.aborted
    }),
  )
}

const EMPTY = Buffer.from('{}').toString('base64')
