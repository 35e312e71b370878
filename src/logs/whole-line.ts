/** A line that is too long to be shown in its log. */
import * as l10n from '@vscode/l10n'
import type { ContainerRef } from '../commands/refs.ts'
import { sizeText } from '../text/size.ts'
import { cleanLine } from './clean-line.ts'
import { findContainer } from './container-facts.ts'
import { dockerLog } from './docker-log.ts'
import type { LogLine } from './log-line.ts'
import { rule } from './rule-text.ts'
import { PLAIN } from './sgr.ts'

/** Of a longer line the beginning is shown. VS Code gives no text of more than 50 MB to extensions. */
const LONGEST = 32 << 20

export type LineMark = Pick<LogLine, 'time' | 'stream' | 'length'>

/** Its whole text, fit for an editor. Errors: EngineError; `log-line-gone`. */
export async function readWholeLine({ host, containerId }: ContainerRef, line: LineMark): Promise<string> {
  const { signal } = new AbortController()
  const facts = await findContainer(host.client, { id: containerId, name: containerId }, signal)
  if (facts === undefined) return rule(l10n.t('the container has been removed, and its log with it'))
  const source = dockerLog({ client: host.client, isTerminal: facts.isTerminal, member: 0, containerId: facts.id })
  const bytes = await source.wholeLine(line, LONGEST, signal)
  const { text } = cleanLine(bytes.toString('utf8'), PLAIN)
  return line.length <= LONGEST ? text : `${text}\n${rule(l10n.t('this is the beginning of a line of {0}', sizeText(line.length)))}`
}
