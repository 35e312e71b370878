import { PockerError } from '../../api/errors.ts'
import { readJsonLines } from '../http/json-lines.ts'
import type { OutputStream } from '../io.ts'
import { terminalSize, write } from '../io.ts'
import type { ProgressDisplay } from './display.ts'
import { plainDisplay, terminalDisplay } from './display.ts'
import { readMessage } from './message.ts'

/** What Docker takes for a terminal without a size. */
const UNKNOWN_SIZE = { height: 1000, width: 200 }

/**
 * Shows the messages of an engine's work on a stream, or reads over them without one, until the work ends.
 * Errors: `work-failed` when a message says so; those of the connection.
 */
export async function showProgress(body: AsyncIterable<Uint8Array>, output: OutputStream | undefined): Promise<void> {
  const display: ProgressDisplay | undefined = output === undefined ? undefined : output.isTTY === true ? terminalDisplay() : plainDisplay()
  for await (const { value } of readJsonLines(body)) {
    const message = readMessage(value)
    if (message.error !== undefined) throw new PockerError('Internal', message.error, { code: 'work-failed' })
    if (output === undefined || display === undefined || message.aux != null) continue
    const text = display.show(message, terminalSize(output) ?? UNKNOWN_SIZE)
    if (text !== '') await write(output, text)
  }
}
