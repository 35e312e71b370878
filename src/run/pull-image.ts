/** Getting an image from its registry. */
import * as l10n from '@vscode/l10n'
import type { EngineClient } from '../client/engine-client.ts'
import { isAborted } from '../client/engine-problem.ts'
import { registryOf } from '../registry/registry-of.ts'
import type { WithLogin } from '../registry/with-login.ts'
import { plainText } from '../text/plain-text.ts'
import { followMessages } from '../transfer/follow-messages.ts'
import type { TransferView } from '../transfer/progress.ts'
import type { ImageName } from './names.ts'
import { pullMessageSchema } from './pull-progress.ts'
import type { RunUi } from './run-ui.ts'

export interface PullParts {
  readonly client: EngineClient
  readonly ui: Pick<RunUi, 'progress'>
  /** Where a registry wants to know who asks. */
  readonly login?: WithLogin
  /** Such as `linux/arm64`; the engine's own when left out. */
  readonly platform?: string
}

/**
 * Pulls and shows how far it is; false when it was cancelled.
 * Errors: EngineError when it cannot begin, TransferFailed (`pull-failed`) when it breaks off.
 */
export async function pullImage(parts: PullParts, name: ImageName): Promise<boolean> {
  const { repository, tag } = name
  const { login = (_registry, attempt) => attempt({}), ui } = parts
  // A row has no room for a registry's name besides how far it is.
  const short = repository.split('/').at(-1)
  const shown = plainText(tag.startsWith('sha256:') ? `${short}@${tag.slice(0, 19)}…` : `${short}:${tag}`)
  return await login(registryOf(repository), (headers) =>
    ui.progress(l10n.t('pulling {0}', shown), (view) => pull(parts, name, headers, view)),
  )
}

async function pull(
  { client, platform }: PullParts,
  { repository, tag }: ImageName,
  headers: Readonly<Record<string, string>>,
  view: TransferView,
): Promise<boolean> {
  const request = { query: { fromImage: repository, tag, platform }, headers, signal: view.signal }
  try {
    await followMessages(client.lines('POST', '/images/create', pullMessageSchema, request), view, 'pull-failed')
  } catch (error) {
    if (view.signal.aborted || isAborted(error)) return false
    throw error
  }
  return !view.signal.aborted
}
