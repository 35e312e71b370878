/** Pages in editor tabs. No script can run in them. */
import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import { type Page, pageHtml } from './page.ts'
import { STYLES } from './styles.ts'

export interface ShownPage {
  /** Shows it anew, where it is. */
  update(page: Page): void
  readonly onDidDispose: vscode.Event<void>
}

export class Pages {
  readonly #panels = new Map<string, { readonly panel: vscode.WebviewPanel; readonly shown: ShownPage }>()

  /** Opens a tab, or brings the one of this key to the front with the page as it is now. `isFresh`: there was none. */
  show(key: string, page: Page): { readonly shown: ShownPage; readonly isFresh: boolean } {
    const open = this.#panels.get(key)
    if (open !== undefined) {
      open.shown.update(page)
      open.panel.reveal()
      return { shown: open.shown, isFresh: false }
    }
    const panel = vscode.window.createWebviewPanel('pocker.page', page.title, vscode.ViewColumn.Active, {
      enableScripts: false,
      enableCommandUris: false,
      enableFindWidget: true,
      localResourceRoots: [],
    })
    const shown = { update: updater(panel), onDidDispose: panel.onDidDispose }
    this.#panels.set(key, { panel, shown })
    panel.onDidDispose(() => this.#panels.delete(key))
    shown.update(page)
    return { shown, isFresh: true }
  }

  dispose(): void {
    for (const { panel } of this.#panels.values()) panel.dispose()
  }
}

function updater(panel: vscode.WebviewPanel): (page: Page) => void {
  let last = ''
  return (page) => {
    const html = pageHtml(page, { nonce: '', styles: STYLES })
    if (html === last) return
    last = html
    panel.title = page.title
    // The nonce differs each time, or a text that guessed it could style the page.
    panel.webview.html = pageHtml(page, { nonce: randomBytes(16).toString('hex'), styles: STYLES })
  }
}
