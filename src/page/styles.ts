/** The styles of all pages: the editor's own colours and fonts. */
export const STYLES = `
body { padding: 0 2rem 2rem; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); line-height: 1.5; }
main { max-width: 70rem; }
h1 { font-size: 1.6em; font-weight: 500; margin: 1.2rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1em; font-weight: 600; margin: 1.6rem 0 .4rem; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, #8884)); }
.subtitle { margin: .2rem 0 0; color: var(--vscode-descriptionForeground); }
.notice { margin: .8rem 0 0; padding: .4rem .8rem; border-left: 3px solid var(--vscode-charts-yellow); background: var(--vscode-textCodeBlock-background); }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .15rem 1.5rem; margin: 0; }
dt { color: var(--vscode-descriptionForeground); }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
code, pre { font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
pre { background: var(--vscode-textCodeBlock-background); padding: .6rem .8rem; overflow: auto; max-height: 24rem; margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .15rem 1.5rem .15rem 0; vertical-align: top; }
th { font-weight: 500; color: var(--vscode-descriptionForeground); }
td { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.steps { border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, #8884)); border-radius: 3px; }
details + details { border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, #8884)); }
summary { display: grid; grid-template-columns: 1rem minmax(0, 1fr) 5rem; column-gap: .8rem; align-items: center; padding: .25rem .6rem; cursor: pointer; list-style: none; }
summary:has(.bar) { grid-template-columns: 1rem minmax(0, 1fr) 5rem 5rem minmax(4rem, 22%); }
summary::before { content: '\\203A'; text-align: center; color: var(--vscode-descriptionForeground); }
details[open] > summary::before { transform: rotate(90deg); }
summary:hover { background: var(--vscode-list-hoverBackground); }
summary:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
.note { color: var(--vscode-descriptionForeground); }
.bar { display: block; width: 100%; height: .6rem; }
.bar rect { fill: var(--vscode-charts-blue); }
details ol { margin: 0; padding: .2rem .6rem .5rem 3.4rem; }
details code { background: none; padding: 0; }
details li { overflow-wrap: anywhere; padding: .05rem 0; }
details li::marker { color: var(--vscode-descriptionForeground); font-size: .85em; }
ul.remarks { list-style: none; margin: 0; padding: 0; }
.remarks li { position: relative; padding: .3rem 0 .3rem 1.8rem; }
.remarks p { margin: .1rem 0; overflow-wrap: anywhere; }
.mark { position: absolute; left: 0; width: 1.3rem; text-align: center; font-weight: 700; }
.good { color: var(--vscode-testing-iconPassed, var(--vscode-charts-green)); }
.warning { color: var(--vscode-charts-yellow); }
.bad { color: var(--vscode-errorForeground); }
.detail { color: var(--vscode-descriptionForeground); }
tbody tr:hover { background: var(--vscode-list-hoverBackground); }
`
