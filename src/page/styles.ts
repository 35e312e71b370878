/** The styles of all pages: the editor's own colours and fonts. */
export const STYLES = `
body { padding: 0 2rem 2rem; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); line-height: 1.5; }
main { max-width: 70rem; }
h1 { font-size: 1.6em; font-weight: 500; margin: 1.2rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1em; font-weight: 600; margin: 1.6rem 0 .4rem; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, #8884)); }
.subtitle { margin: .2rem 0 0; color: var(--vscode-descriptionForeground); }
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
tbody tr:hover { background: var(--vscode-list-hoverBackground); }
`
