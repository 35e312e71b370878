/** Errors in words: what happened, why, and one thing that helps. */
import * as l10n from '@vscode/l10n'
import { codeOf } from '../client/engine-problem.ts'
import type { CommandId } from '../commands/ids.ts'
import { FILE_SENTENCES } from '../files/file-errors.ts'
import { plainText } from '../text/plain-text.ts'
import { ENGINE_WORDS } from './engine-words.ts'
import { START_WORDS } from './start-words.ts'

export interface Words {
  /** One or two sentences. */
  readonly sentence: string
  /** The button that helps. */
  readonly action?: { readonly label: string; readonly command: CommandId }
}

/** The words for whatever was thrown. */
export function wordsOf(error: unknown): Words {
  const code = codeOf(error) ?? ''
  const make = SENTENCES.get(code)
  if (make !== undefined) return make(engineSentence(error))
  const ofFile = FILE_SENTENCES.get(code)
  return { sentence: ofFile === undefined ? engineSentence(error) : ofFile() }
}

/** The words alone, for a row. */
export function sentenceOf(error: unknown): string {
  return wordsOf(error).sentence
}

const SENTENCES: ReadonlyMap<string, (engine: string) => Words> = new Map<string, (engine: string) => Words>([
  ...ENGINE_WORDS,
  ...START_WORDS,
  ['engine-not-there', () => ({ sentence: l10n.t('Nothing answers there: the engine is not running.') })],
  ['engine-denied', () => ({ sentence: l10n.t('This user may not open the engine’s socket.') })],
  ['engine-too-old', () => ({ sentence: l10n.t('This engine is too old for Pocker: it needs Docker 20.10 or newer, or Podman 4.') })],
  ['engine-too-new', () => ({ sentence: l10n.t('This engine speaks only versions of Docker’s API that are newer than Pocker knows.') })],
  ['timed-out', () => ({ sentence: l10n.t('The engine does not answer.') })],
  ['connection-lost', () => ({ sentence: l10n.t('The connection to the engine was lost.') })],
  ['bad-answer', () => ({ sentence: l10n.t('The engine’s answer is not one that Pocker understands.') })],
])

// `start container web: its image is gone` → `Start container web: its image is gone.`
function engineSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const hint = typeof error === 'object' && error !== null && 'hint' in error && typeof error.hint === 'string' ? error.hint : ''
  return [message, hint]
    .map((part) => plainText(part.trim(), 600))
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1) + (/[.!?…]$/.test(part) ? '' : '.'))
    .join(' ')
}
