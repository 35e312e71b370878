/** The commands of logs that are open. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import type { Door } from '../commands/door.ts'
import type { CommandId } from '../commands/ids.ts'
import type { LogEditors } from './log-editors.ts'
import type { LogOptions } from './log-options.ts'
import { sourcesOf } from './log-pages.ts'
import { askCount, askFilter, askSearch, askStreams, askTimestamps, askView } from './log-questions.ts'
import { type LogSession, type LogView, NEWEST } from './log-session.ts'
import type { OpenLog } from './open-log.ts'
import type { OpenLogs } from './open-logs.ts'
import { askAndSave } from './save-dialog.ts'
import { pickFoundLine } from './search-pick.ts'

export interface LogCommandsParts {
  readonly logs: OpenLogs
  readonly editors: LogEditors
  readonly door: Door
  readonly ask: Ask
}

/** A log with its session: what a command acts on. */
interface Acting {
  readonly log: OpenLog
  readonly session: LogSession
}

/** Registers them. A menu of an editor's title hands in the document's address; from the palette it is the editor that has the focus. */
export function registerLogCommands({ logs, editors, door, ask }: LogCommandsParts): vscode.Disposable {
  let searched = ''
  const on = (id: CommandId, act: (acting: Acting) => Promise<unknown>) =>
    door.register(id, async (item) => {
      const log = logs.find(item instanceof vscode.Uri ? item : vscode.window.activeTextEditor?.document.uri) ?? onlyVisible(logs)
      if (log?.session === undefined) {
        await vscode.window.showInformationMessage(l10n.t('Open the log of a container first.'))
        return
      }
      await act({ log, session: log.session })
    })
  const busy = async (work: () => Promise<unknown>) =>
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: l10n.t('Reading the log') }, work)
  const show = async ({ log, session }: Acting, view: LogView) => {
    if (view.kind !== 'tail') editors.setFollowing(log, false)
    await busy(() => session.show(view))
    if (view.kind === 'tail') editors.setFollowing(log, true)
    else editors.reveal(log, view.kind === 'around' ? view.line : 'begin')
  }
  const set = async ({ log, session }: Acting, change: Partial<LogOptions>) => {
    await busy(() => session.setOptions(change))
    await logs.keep(log, { isFollowing: session.isFollowing })
  }
  const setAsked = async <K extends keyof LogOptions>(acting: Acting, key: K, answer: LogOptions[K] | undefined) => {
    if (answer !== undefined) await set(acting, { [key]: answer })
  }
  return vscode.Disposable.from(
    on('pocker.logs.follow', async (acting) => {
      if (!acting.session.window.isEnd) await show(acting, NEWEST)
      editors.setFollowing(acting.log, true)
      await logs.keep(acting.log, { isFollowing: true })
    }),
    on('pocker.logs.stopFollowing', async ({ log }) => {
      editors.setFollowing(log, false)
      await logs.keep(log, { isFollowing: false })
    }),
    on('pocker.logs.timestamps', async (acting) => setAsked(acting, 'timestamps', await askTimestamps(ask, acting.session.options))),
    on('pocker.logs.streams', async (acting) => setAsked(acting, 'streams', await askStreams(ask, acting.session.options))),
    on('pocker.logs.filter', async (acting) => setAsked(acting, 'filter', await askFilter(ask, acting.session.options))),
    on('pocker.logs.clearFilter', async (acting) => set(acting, { filter: '' })),
    on('pocker.logs.showFrom', async (acting) => {
      const startedAt = acting.session.feeds[0]?.lives.last?.startedAt
      const view = await askView(ask, { now: Date.now(), startedAt })
      if (view !== undefined) await show(acting, view)
    }),
    on('pocker.logs.search', async (acting) => {
      const text = await askSearch(ask, searched)
      if (text === undefined) return
      searched = text
      const sources = await sourcesOf(acting.session.feeds, new AbortController().signal)
      const line = await pickFoundLine(sources, text)
      if (line !== undefined) await show(acting, { kind: 'around', line })
    }),
    on('pocker.logs.save', async ({ log, session }) => askAndSave(log, session, ask)),
    on('pocker.logs.copyLast', async ({ log }) => {
      const count = await askCount(ask)
      if (count !== undefined) await ask.copy(lastLines(log, count))
    }),
    on('pocker.logs.clear', async ({ session }) => session.clear()),
    on('pocker.logs.showEarlier', async ({ log, session }) => {
      editors.setFollowing(log, false)
      await busy(() => session.showEarlier())
    }),
    on('pocker.logs.showLater', async ({ session }) => busy(() => session.showLater())),
    on('pocker.logs.showBeginning', async (acting) => show(acting, { kind: 'begin' })),
    on('pocker.logs.showEnd', async (acting) => show(acting, NEWEST)),
  )
}

function onlyVisible(logs: OpenLogs): OpenLog | undefined {
  const visible = new Set(vscode.window.visibleTextEditors.flatMap(({ document }) => logs.find(document.uri) ?? []))
  const [only] = visible
  return visible.size === 1 ? only : undefined
}

/** As they are shown, with a line end behind each. */
function lastLines({ shown }: OpenLog, count: number): string {
  const texts = shown.text.split('\n')
  const lines = texts.filter((_text, row) => shown.rows[row]?.kind === 'line')
  return lines
    .slice(-count)
    .map((text) => `${text}\n`)
    .join('')
}
