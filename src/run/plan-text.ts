/** "Show the isolation plan": the calls of a start, as a document. */
import * as l10n from '@vscode/l10n'
import { plainText } from '../text/plain-text.ts'
import type { PlanStep } from './run-engine.ts'

/** The steps in their order, each with its calls beneath it. */
export function planText(title: string, steps: readonly PlanStep[]): string {
  const lines = [
    l10n.t('Isolation plan: {0}', plainText(title)),
    l10n.t('{0} calls to the kernel make this container. Nothing has been run.', steps.length),
  ]
  let step = ''
  for (const { step: its, call, text } of steps) {
    if (its !== step) lines.push('', plainText(its))
    step = its
    lines.push(`    ${plainText(call)}(${plainText(text, 2000)})`)
  }
  return `${lines.join('\n')}\n`
}
