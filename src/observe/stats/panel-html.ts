/** The frame of the statistics page; what it shows comes by messages. */
import { escapeHtml } from '../../page/page.ts'
import { STYLES } from '../../page/styles.ts'

export interface PanelFrame {
  readonly title: string
  readonly nonce: string
  /** The address of the page's program. */
  readonly script: string
  /** Kept by VS Code, to open the page again after a reload. */
  readonly state: unknown
}

const CHARTS = `
main { max-width: 90rem; }
section { margin: 0 0 2rem; }
h2 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem .8rem; margin-top: 1.4rem; overflow-wrap: anywhere; }
.state { font-size: .85em; font-weight: 400; color: var(--vscode-descriptionForeground); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1.2rem 2rem; }
figure { margin: 0; min-width: 0; }
figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; min-height: 1.6em; white-space: nowrap; }
.now { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0 1rem; font-variant-numeric: tabular-nums; white-space: pre; }
.now .aside, .quiet { color: var(--vscode-descriptionForeground); }
.value::before { content: ''; display: inline-block; width: 1.1rem; margin-right: .35rem; vertical-align: middle; border-top: 2px solid var(--line); }
.value.line1::before { border-top-style: dashed; }
.plot { position: relative; height: 84px; border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, #8885)); border-radius: 3px; overflow: hidden; }
.plot svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.top, .axis { font-size: .8em; color: var(--vscode-descriptionForeground); }
.top { position: absolute; top: .1rem; left: .35rem; }
.axis { display: flex; justify-content: space-between; }
.grid { stroke: var(--vscode-widget-border, #8885); stroke-width: 1; stroke-dasharray: 2 3; vector-effect: non-scaling-stroke; }
.line { fill: none; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.area { fill: var(--line); fill-opacity: .16; }
.line0 { --line: var(--vscode-charts-blue); }
.line1 { --line: var(--vscode-charts-yellow); }
.line.line1 { stroke-dasharray: 4 2; }
.still .plot svg { opacity: .45; }
`

/** Only the one program of the page runs, which the nonce names, and nothing else is loaded. */
export function panelHtml({ title, nonce, script, state }: PanelFrame): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${STYLES}${CHARTS}</style>
</head>
<body data-state="${escapeHtml(JSON.stringify(state))}">
<main id="containers"></main>
<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>`
}
