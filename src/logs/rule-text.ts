/** The rules between a container's lives, in words. */
import * as l10n from '@vscode/l10n'
import { plainText } from '../text/plain-text.ts'
import type { Rule } from './lives.ts'
import { momentText } from './shown-time.ts'

/** `── restarted 14:02:11, exit 137, out of memory ──`, of a container that has a name where there are several. */
export function ruleText(
  { kind, shownTime, exitCode, isOutOfMemory, reason }: Rule,
  { name, now }: { name?: string; now: number },
): string {
  const facts = [
    sentence(kind, momentText(shownTime, now)),
    ...(exitCode === undefined ? [] : [l10n.t('exit {0}', exitCode)]),
    ...(isOutOfMemory === true ? [l10n.t('out of memory')] : []),
    ...(reason === undefined ? [] : [plainText(reason)]),
  ]
  return rule(name === undefined ? facts.join(', ') : `${name} ${facts.join(', ')}`)
}

/** A text as a rule across the log. */
export function rule(text: string): string {
  return `── ${text} ──`
}

function sentence(kind: Rule['kind'], moment: string): string {
  switch (kind) {
    case 'started':
      return l10n.t('started {0}', moment)
    case 'restarted':
      return l10n.t('restarted {0}', moment)
    case 'ended':
      return l10n.t('ended {0}', moment)
    case 'removed':
      return l10n.t('removed {0}', moment)
    case 'made-anew':
      return l10n.t('made anew {0}', moment)
  }
}
