import { afterMessage, PULL_BEGINS, type PullMessage, pullPercent, pullText } from '../run/pull-progress.ts'
import { plainText } from '../text/plain-text.ts'
import type { TransferView } from './progress.ts'

/** Work that the engine began and could not end, in the engine's or the registry's words. The code is Pocker's where it says one. */
export class TransferFailed extends Error {
  override readonly name = 'TransferFailed'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Reads an engine's messages to their end and reports how far the work is. Errors: TransferFailed with `failure` as code; those of the stream. */
export async function followMessages(messages: AsyncIterable<PullMessage>, { report }: TransferView, failure: string): Promise<void> {
  let state = PULL_BEGINS
  let shown = ''
  for await (const message of messages) {
    const problem = message.errorDetail?.message ?? message.error
    if (typeof problem === 'string') throw new TransferFailed(message.code ?? failure, plainText(problem, 1000))
    state = afterMessage(state, message)
    const text = pullText(state)
    if (text === shown) continue
    shown = text
    report(text, pullPercent(state))
  }
}
