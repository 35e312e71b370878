/** Links in logs: ports of the container, files in it, the rest of lines that are not shown whole. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { LinkArguments } from './link-arguments.ts'
import type { LogLine } from './log-line.ts'
import { findLinks, type LogLink } from './log-links.ts'
import { cutText } from './log-text.ts'
import type { OpenLogs } from './open-logs.ts'

/** VS Code makes a decoration of each. */
const MOST = 3_000

class LineLink extends vscode.DocumentLink {
  readonly run: () => LinkArguments

  constructor(range: vscode.Range, run: () => LinkArguments) {
    super(range)
    this.run = run
  }
}

/** Links for logs; where one leads is found out when it is followed. */
export function logLinkProvider(logs: OpenLogs): vscode.DocumentLinkProvider<LineLink> {
  const known = new WeakMap<LogLine, readonly LogLink[]>()
  const linksOf = (line: LogLine) => {
    const links = known.get(line) ?? findLinks(line.text)
    known.set(line, links)
    return links
  }
  return {
    provideDocumentLinks: (document, token) => {
      const log = logs.find(document.uri)
      if (log === undefined || log.shown.rows.length !== document.lineCount) return []
      const links: LineLink[] = []
      // From the end: that is where most look.
      for (let index = document.lineCount - 1; index >= 0 && links.length < MOST && !token.isCancellationRequested; index--) {
        const row = log.shown.rows[index]
        if (row?.kind !== 'line') continue
        const { line, offset } = row
        const base = { log: log.uri.toString(), containerId: line.containerId }
        for (const link of linksOf(line)) {
          const made = new LineLink(new vscode.Range(index, link.start + offset, index, link.end + offset), () => ({ ...base, link }))
          made.tooltip = tooltipOf(link)
          links.push(made)
        }
        if (!line.isCut) continue
        const end = offset + line.text.length + cutText(line).length
        const made = new LineLink(new vscode.Range(index, offset + line.text.length + 3, index, end), () => ({
          ...base,
          link: { kind: 'line', time: String(line.time), stream: line.stream, length: line.length },
        }))
        made.tooltip = l10n.t('Show the whole line')
        links.push(made)
      }
      return links
    },
    resolveDocumentLink: (link) => {
      link.target = vscode.Uri.from({ scheme: 'command', path: 'pocker.logs.openLink', query: JSON.stringify([link.run()]) })
      return link
    },
  }
}

function tooltipOf(link: LogLink): string {
  switch (link.kind) {
    case 'port':
      return l10n.t('Open port {0} of the container', String(link.port))
    case 'file':
      return l10n.t('Open the file')
    case 'source':
      return l10n.t('Open the source in the workspace')
  }
}
