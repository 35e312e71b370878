/** Getting an image from its registry. */
import type { EngineClient } from '../client/engine-client.ts'
import { isAborted } from '../client/engine-problem.ts'
import { plainText } from '../text/plain-text.ts'
import type { ImageName } from './names.ts'
import { afterMessage, PULL_BEGINS, pullMessageSchema, pullPercent, pullText } from './pull-progress.ts'
import type { RunUi } from './run-ui.ts'

/** A pull that the engine began and could not end: the registry's or the store's words. */
export class PullFailed extends Error {
  override readonly name = 'PullFailed'
  readonly code = 'pull-failed'
}

export interface PullParts {
  readonly client: EngineClient
  readonly ui: Pick<RunUi, 'progress'>
}

/**
 * Pulls and shows how far it is; false when it was cancelled.
 * Errors: EngineError when it cannot begin, PullFailed when it breaks off.
 */
export async function pullImage({ client, ui }: PullParts, { repository, tag }: ImageName): Promise<boolean> {
  const name = plainText(tag.startsWith('sha256:') ? `${repository}@${tag.slice(0, 19)}…` : `${repository}:${tag}`)
  return await ui.progress(`pulling ${name}`, async (view) => {
    const query = { fromImage: repository, tag }
    let state = PULL_BEGINS
    let shown = ''
    try {
      for await (const message of client.lines('POST', '/images/create', pullMessageSchema, { query, signal: view.signal })) {
        const problem = message.errorDetail?.message ?? message.error
        if (typeof problem === 'string') throw new PullFailed(plainText(problem, 1000))
        state = afterMessage(state, message)
        const text = pullText(state)
        if (text === shown) continue
        shown = text
        view.report(text, pullPercent(state))
      }
    } catch (error) {
      if (view.signal.aborted || isAborted(error)) return false
      throw error
    }
    return !view.signal.aborted
  })
}
