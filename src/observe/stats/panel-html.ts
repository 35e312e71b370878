/** The frame of the statistics page; what it shows comes by messages. */
import { escapeHtml } from '../../page/page.ts'
import { STYLES } from '../../page/styles.ts'

export interface PanelFrame {
  readonly title: string
  readonly nonce: string
  /** As the page's content policy writes it. */
  readonly cspSource: string
  readonly script: string
  /** Kept by VS Code, to open the page again after a reload. */
  readonly state: unknown
}

const CHARTS = `
.status { font-weight: 400; font-size: .85em; color: var(--vscode-descriptionForeground); margin-left: .5rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .8rem 1.5rem; }
figure { margin: 0; position: relative; }
figcaption { color: var(--vscode-descriptionForeground); white-space: nowrap; }
.now { color: var(--vscode-foreground); font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: 60px; background: var(--vscode-textCodeBlock-background); border-bottom: 1px solid var(--vscode-charts-lines, #8884); }
path { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.line0 { stroke: var(--vscode-charts-blue); }
.line1 { stroke: var(--vscode-charts-orange); stroke-dasharray: 4 2; }
.top { position: absolute; right: .2rem; bottom: 42px; font-size: .75em; color: var(--vscode-descriptionForeground); }
`

/** Only the one script with the nonce runs, and nothing is loaded from anywhere but the extension. */
export function panelHtml({ title, nonce, cspSource, script, state }: PanelFrame): string {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}' ${cspSource}`
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy).replaceAll('&#39;', "'")}">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${STYLES}${CHARTS}</style>
</head>
<body data-state="${escapeHtml(JSON.stringify(state))}">
<main id="containers"></main>
<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>`
}
