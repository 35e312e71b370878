import { homedir } from 'node:os'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import { EngineError } from '../client/engine-error.ts'
import { sizeText } from '../text/size.ts'
import { sourcesOf } from './log-pages.ts'
import type { LogSession } from './log-session.ts'
import type { OpenLog } from './open-log.ts'
import { saveLog } from './save-log.ts'

/** Asks where to, and writes the whole log there. Errors: as of `saveLog`. */
export async function askAndSave({ uri }: OpenLog, { feeds, options }: LogSession, ask: Ask): Promise<void> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1)
  const folder = vscode.workspace.workspaceFolders?.find((each) => each.uri.scheme === 'file')?.uri.fsPath ?? homedir()
  const target = await vscode.window.showSaveDialog({
    title: l10n.t('Save the Whole Log'),
    defaultUri: vscode.Uri.file(join(folder, name)),
    filters: { [l10n.t('Logs')]: ['log', 'txt'] },
  })
  if (target === undefined) return
  if (target.scheme !== 'file')
    throw new EngineError('cannot-save-there', l10n.t('a log can only be saved to a folder of the machine that Pocker runs on'))
  const answer = await ask.pick({
    title: l10n.t('Save the Whole Log'),
    placeholder: l10n.t('With the time before each line?'),
    rows: [
      { id: 'without', label: l10n.t('Without times'), description: l10n.t('as it was written') },
      { id: 'with', label: l10n.t('With times'), description: '2026-11-28T14:02:11.123456789Z' },
    ],
    active: options.timestamps === 'off' ? 'without' : 'with',
  })
  if (answer.kind !== 'picked') return
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: l10n.t('Saving {0}', name), cancellable: true },
    async (progress, token) => {
      const cancelling = new AbortController()
      token.onCancellationRequested(() => cancelling.abort(new EngineError('cancelled', 'the user does not want it any more')))
      const sources = await sourcesOf(feeds, cancelling.signal)
      const isOne = feeds.length === 1
      const members = sources.map(({ member, source }) => ({ source, prefix: isOne ? '' : `${feeds[member]?.target.name ?? ''} | ` }))
      await saveLog(members, {
        path: target.fsPath,
        hasTimestamps: answer.id === 'with',
        signal: cancelling.signal,
        onProgress: (bytes) => progress.report({ message: sizeText(bytes) }),
      })
    },
  )
}
