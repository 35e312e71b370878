/** The buttons that help where Pocker could not be started; the sentences are the errors' own. */
import * as l10n from '@vscode/l10n'
import type { CommandId } from '../commands/ids.ts'
import type { Words } from './words.ts'

/** By code; `error` is the error's sentence. */
export const START_WORDS: ReadonlyMap<string, (error: string) => Words> = new Map([
  ...button(
    ['sudo-requires-terminal', 'sudo-refused', 'dialog-refused', 'no-way-to-root'],
    () => l10n.t('Open a Terminal Instead'),
    'pocker.startInTerminal',
  ),
  ...button(['wrong-password', 'start-timed-out', 'no-answer', 'not-connected'], () => l10n.t('Try Again'), 'pocker.start'),
  ...button(
    ['program-cannot-run', 'no-place', 'copy-failed', 'not-in-sudoers', 'no-new-privileges'],
    () => l10n.t('Examine This Machine'),
    'pocker.doctor',
  ),
])

function button(codes: readonly string[], label: () => string, command: CommandId): readonly [string, (error: string) => Words][] {
  return codes.map((code) => [code, (sentence) => ({ sentence, action: { label: label(), command } })])
}
