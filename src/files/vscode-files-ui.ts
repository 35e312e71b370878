/** The questions of files in VS Code. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import { InWords } from '../errors/in-words.ts'
import { plainText } from '../text/plain-text.ts'
import type { FileSystem } from './file-system.ts'
import { uriOf } from './file-system-provider.ts'
import type { FilesUi, PathChoice, PathQuestion, WorkView } from './flows/files-ui.ts'
import { type FileRef, isBelow, isSamePlace } from './place.ts'
import { fileRefOf, type PlaceNames } from './place-uri.ts'
import { shownName } from './shown-name.ts'

export interface VscodeFilesUiParts {
  readonly ask: Ask
  readonly names: PlaceNames
  readonly system: FileSystem
  /** Under whose title a bar moves. */
  readonly progressView: string
}

/** What takes no longer than this needs no message, only the bar. */
const SOON = 700

/** Dialogs, quick picks, editors and progress. */
export function vscodeFilesUi({ ask, names, system, progressView }: VscodeFilesUiParts): FilesUi {
  const uri = (file: FileRef) => uriOf(names, file)
  return {
    ...ask,
    chooseFiles: ({ title, button }) => choose({ title, openLabel: button, canSelectFiles: true, canSelectMany: true }),
    chooseFolders: ({ title, button, many }) =>
      choose({ title, openLabel: button, canSelectFiles: false, canSelectFolders: true, canSelectMany: many }),
    typePath,
    progress: (title, work) => showProgress(title, progressView, work),
    tell: (text) => void vscode.window.showInformationMessage(text),
    open: async (file) => void (await vscode.commands.executeCommand('vscode.open', uri(file), { preview: true })),
    compare: async (before, after, title) =>
      void (await vscode.commands.executeCommand('vscode.diff', uri(before), uri(after), title, { preview: true })),
    rename: async (from, to) => {
      // An edit of the workspace says nothing of why it failed: only open editors are worth that.
      if (!isOpen(from)) return await system.rename(from, to, { overwrite: false })
      const edit = new vscode.WorkspaceEdit()
      edit.renameFile(uri(from), uri(to), { overwrite: false })
      if (!(await vscode.workspace.applyEdit(edit)))
        throw new InWords('not-renamed', l10n.t('“{0}” could not be renamed.', shownName(from.path)))
    },
  }
}

function isOpen({ place, path }: FileRef): boolean {
  return vscode.workspace.textDocuments.some(({ uri }) => {
    const open = fileRefOf(uri)
    return open !== undefined && isSamePlace(open.place, place) && (open.path === path || isBelow(open.path, path))
  })
}

async function choose(options: vscode.OpenDialogOptions): Promise<readonly string[]> {
  const [folder] = vscode.workspace.workspaceFolders ?? []
  const start = folder?.uri.scheme === 'file' ? folder.uri : vscode.Uri.file(process.env.HOME ?? '/')
  const uris = (await vscode.window.showOpenDialog({ ...options, defaultUri: start })) ?? []
  return uris.map((uri) => {
    if (uri.scheme === 'file') return uri.fsPath
    throw new InWords('not-a-local-file', l10n.t('This is not on the machine that Pocker runs on. Choose something that is.'))
  })
}

interface PathItem extends vscode.QuickPickItem {
  readonly path: string
  readonly isFolder: boolean
}

/** A folder that is chosen goes on to what is in it; what is typed can be taken as it is. */
async function typePath({ title, placeholder, value, complete }: PathQuestion): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick<PathItem>()
  picker.title = title
  picker.placeholder = placeholder
  picker.value = value
  picker.ignoreFocusOut = true
  let asking = new AbortController()
  const show = async (text: string) => {
    asking.abort()
    asking = new AbortController()
    const { signal } = asking
    picker.busy = true
    const choices = await complete(text, signal)
    if (signal.aborted) return
    picker.busy = false
    picker.items = itemsOf(text, choices)
  }
  try {
    return await new Promise<string | undefined>((resolve) => {
      picker.onDidChangeValue((text) => void show(text))
      picker.onDidAccept(() => {
        const [item] = picker.activeItems
        if (item === undefined) return
        if (item.path === picker.value || !item.isFolder) return resolve(item.path)
        picker.value = `${item.path === '/' ? '' : item.path}/`
        void show(picker.value)
      })
      picker.onDidHide(() => resolve(undefined))
      picker.show()
      void show(value)
    })
  } finally {
    asking.abort()
    picker.dispose()
  }
}

/** What is typed comes first where it is a folder, or nothing goes on from it; else the likely rest of it does. */
function itemsOf(text: string, choices: readonly PathChoice[]): readonly PathItem[] {
  const items = choices.map(toItem)
  if (choices.some(({ path }) => path === text)) return items
  return choices.length === 0 || text === '' || text.endsWith('/') ? [typedItem(text), ...items] : [...items, typedItem(text)]
}

function typedItem(text: string): PathItem {
  const label = text === '' ? '/' : text
  return {
    label,
    path: text,
    isFolder: false,
    alwaysShow: true,
    description: l10n.t('go there'),
    iconPath: new vscode.ThemeIcon('arrow-right'),
  }
}

function toItem({ path, isFolder }: PathChoice): PathItem {
  return { label: shownName(path), path, isFolder, alwaysShow: true, iconPath: isFolder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File }
}

// A bar first; a message with words and a button to cancel only when it goes on.
async function showProgress<T>(title: string, viewId: string, work: (view: WorkView) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  let say: WorkView['report'] = () => {}
  const working = work({ signal: stop.signal, report: (text, percent) => say(text, percent) })
  void vscode.window.withProgress({ location: { viewId } }, () => settled(working))
  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title: plainText(title), cancellable: true }
    void vscode.window.withProgress(options, (progress, token) => {
      token.onCancellationRequested(() => stop.abort())
      let before = 0
      say = (message, percent) => {
        progress.report({ message, ...(percent === undefined ? {} : { increment: percent - before }) })
        before = percent ?? before
      }
      return settled(working)
    })
  }, SOON)
  try {
    return await working
  } finally {
    clearTimeout(timer)
  }
}

async function settled(work: Promise<unknown>): Promise<void> {
  await Promise.allSettled([work])
}
