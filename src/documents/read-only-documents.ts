/** Texts made by the extension, shown as documents that cannot be edited. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'

export interface ReadOnlyDocument {
  /** The tab's title: `web.json`; its ending decides the language. */
  readonly name: string
  readonly text: string
}

export interface ReadOnlyDocuments extends vscode.Disposable {
  /** Opens it, or changes the one of that name that is open. */
  show(document: ReadOnlyDocument): Promise<void>
}

const SCHEME = 'pocker-text'

/** Registers the documents' scheme. */
export function readOnlyDocuments(): ReadOnlyDocuments {
  const texts = new Map<string, string>()
  const changed = new vscode.EventEmitter<vscode.Uri>()
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.path) ?? l10n.t('This text is not there any more. Ask for it again.'),
  })
  const closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    if (uri.scheme === SCHEME) texts.delete(uri.path)
  })
  const all = vscode.Disposable.from(provider, changed, closed)
  return {
    dispose: () => all.dispose(),
    show: async ({ name, text }) => {
      // A container's name is part of a path here: no slash of it may make folders.
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name.replaceAll('/', '_')}` })
      texts.set(uri.path, text)
      changed.fire(uri)
      await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: false })
    },
  }
}
