/** Which lines of a log are shown: by a text or a regular expression of the user's, and by stream. */
import { createContext, Script } from 'node:vm'
import * as l10n from '@vscode/l10n'
import { codeOf } from '../client/engine-problem.ts'
import type { LogLine, LogStream } from './log-line.ts'

/** As the user writes it: a text, or `/pattern/flags`; after `!` what is not to be shown. */
export interface LineFilter {
  readonly isExcluding: boolean
  readonly text?: string
  readonly pattern?: { readonly source: string; readonly flags: string }
}

/** Milliseconds for one round of lines. A pattern that backtracks for ever is given up; the editor stands still no longer than this. */
const PATIENCE = 150

/** The filter of what was typed; undefined for none; a sentence where the pattern is none. */
export function parseFilter(typed: string): LineFilter | undefined | string {
  const isExcluding = typed.startsWith('!')
  const wanted = isExcluding ? typed.slice(1) : typed
  if (wanted.trim() === '') return undefined
  const [, source, flags = ''] = /^\/(.+)\/([a-z]*)$/su.exec(wanted) ?? []
  if (source === undefined) return { isExcluding, text: wanted }
  try {
    new RegExp(source, flags)
  } catch (error) {
    const cause = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : ''
    return l10n.t('This is no regular expression: {0}', cause)
  }
  // `g` and `y` make a pattern remember where it was in the line before.
  return { isExcluding, pattern: { source, flags: flags.replace(/[gy]/g, '') } }
}

/** The filter's pattern took too long for these lines. */
export class FilterTooSlow extends Error {
  override readonly name = 'FilterTooSlow'
  readonly code = 'filter-too-slow'
}

export type LineTest = (lines: readonly LogLine[]) => readonly LogLine[]

/** Of lines those that are shown. A text is found in any case, unless it has capitals. Errors of the function: FilterTooSlow. */
export function lineTest(filter: LineFilter | undefined, streams: 'both' | LogStream): LineTest {
  const matches = filter === undefined ? undefined : matcher(filter)
  return (lines) => {
    const ofStreams = streams === 'both' ? lines : lines.filter(({ stream }) => stream === streams)
    if (filter === undefined || matches === undefined || ofStreams.length === 0) return ofStreams
    const found = matches(ofStreams.map(({ text }) => text))
    return ofStreams.filter((_line, index) => found[index] !== filter.isExcluding)
  }
}

function matcher({ text = '', pattern }: LineFilter): (texts: readonly string[]) => readonly boolean[] {
  if (pattern !== undefined) return patternMatcher(pattern)
  if (text !== text.toLowerCase()) return (texts) => texts.map((each) => each.includes(text))
  return (texts) => texts.map((each) => each.toLowerCase().includes(text))
}

// V8 looks at a script's deadline also within a regular expression's backtracking. A worker would not stand still at all, but each batch would
// go there and back, and lines would come out of order with what else happens to the log.
function patternMatcher({ source, flags }: { source: string; flags: string }): (texts: readonly string[]) => readonly boolean[] {
  const script = new Script('texts.map((text) => pattern.test(text))')
  const context: { texts: readonly string[]; pattern: RegExp } = { texts: [], pattern: new RegExp(source, flags) }
  createContext(context)
  return (texts) => {
    context.texts = texts
    try {
      const found: readonly boolean[] = script.runInContext(context, { timeout: PATIENCE })
      return found
    } catch (cause) {
      // It is an error of the script's own world, and none of this one's class.
      if (codeOf(cause) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause
      throw new FilterTooSlow(l10n.t('This pattern takes too long on lines of this log. Try a simpler one.'), { cause })
    } finally {
      context.texts = []
    }
  }
}
