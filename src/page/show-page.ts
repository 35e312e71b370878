/** Pages in editor tabs. */
import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import { type Page, pageHtml } from './page.ts'
import { STYLES } from './styles.ts'

export interface ShownPage {
  /** Shows it anew, where it is. */
  update(page: Page): void
  reveal(): void
  readonly onDidDispose: vscode.Event<void>
  dispose(): void
}

/** Opens a tab. No script can run in it. */
export function showPage(page: Page): ShownPage {
  const panel = vscode.window.createWebviewPanel('pocker.page', page.title, vscode.ViewColumn.Active, {
    enableScripts: false,
    enableCommandUris: false,
    enableFindWidget: true,
    localResourceRoots: [],
  })
  let shown = ''
  const update = (next: Page) => {
    const html = pageHtml(next, { nonce: 'pocker', styles: STYLES })
    if (html === shown) return
    shown = html
    panel.title = next.title
    // The nonce differs each time, or a text that guessed it could style the page.
    panel.webview.html = pageHtml(next, { nonce: randomBytes(16).toString('hex'), styles: STYLES })
  }
  update(page)
  return { update, reveal: () => panel.reveal(), onDidDispose: panel.onDidDispose, dispose: () => panel.dispose() }
}
