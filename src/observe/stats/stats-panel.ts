/** The statistics of some containers in an editor tab. */
import { randomBytes } from 'node:crypto'
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { z } from 'zod'
import type { ContainerRef } from '../../commands/refs.ts'
import { containerRowOf } from '../../commands/refs.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import { plainText } from '../../text/plain-text.ts'
import { StatsFeed } from './feed.ts'
import type { ToPage } from './messages.ts'
import { pageTexts, shownState } from './page-texts.ts'
import { panelHtml } from './panel-html.ts'
import type { StatsPoint } from './sample.ts'
import { KEPT } from './time-span.ts'

export const STATS_PANEL = 'pocker.stats'

const stateSchema = z.array(z.object({ host: z.string(), container: z.string(), name: z.string() }))
const readySchema = z.object({ kind: z.literal('ready') })

/** A container, with the name that it goes on being shown by when it is not there any more. */
type Shown = ContainerRef & { readonly name: string }

/** Opens a tab for these containers. */
export function openStatsPanel(refs: readonly ContainerRef[], hosts: Hosts, extensionUri: vscode.Uri): void {
  const shown = refs.map((ref) => ({ ...ref, name: nameOf(ref) }))
  const panel = vscode.window.createWebviewPanel(STATS_PANEL, titleOf(shown), vscode.ViewColumn.Active)
  fillPanel(panel, shown, { hosts, extensionUri })
}

/** Fills the tab that VS Code has opened again after a reload; containers of hosts that are gone leave it. */
export async function restoreStatsPanel(
  panel: vscode.WebviewPanel,
  state: unknown,
  { hosts, extensionUri }: { readonly hosts: Hosts; readonly extensionUri: vscode.Uri },
): Promise<void> {
  const read = stateSchema.safeParse(state)
  await hosts.known()
  const shown = (read.success ? read.data : []).flatMap(({ host, container, name }) => {
    const found = hosts.find(host)
    return found === undefined ? [] : [{ host: found, containerId: container, name: plainText(name) }]
  })
  if (shown.length === 0) panel.dispose()
  else fillPanel(panel, shown, { hosts, extensionUri })
}

function fillPanel(
  panel: vscode.WebviewPanel,
  shown: readonly Shown[],
  { hosts, extensionUri }: { readonly hosts: Hosts; readonly extensionUri: vscode.Uri },
): void {
  const points = new Map<string, StatsPoint[]>(shown.map((ref) => [keyOf(ref), []]))
  const errors = new Map<string, unknown>()
  const send = (message: ToPage) => void panel.webview.postMessage(message)
  const feed = new StatsFeed(shown)
  const dist = vscode.Uri.joinPath(extensionUri, 'dist')
  const listening = [
    feed,
    feed.onPoint(({ ref, point }) => {
      const kept = points.get(keyOf(ref))
      if (kept === undefined) return
      kept.push(point)
      if (kept.length > KEPT) kept.shift()
      // A hidden page is not there: it gets all when it comes back.
      if (panel.visible) send({ kind: 'point', key: keyOf(ref), point })
    }),
    feed.onState(({ ref, error }) => {
      errors.set(keyOf(ref), error)
      send({ kind: 'state', key: keyOf(ref), state: shownState(ref, error) })
    }),
    panel.webview.onDidReceiveMessage((message) => {
      if (!readySchema.safeParse(message).success) return
      const containers = shown.map((ref) => ({
        key: keyOf(ref),
        name: hosts.all.length > 1 ? l10n.t('{0} on {1}', ref.name, plainText(ref.host.label)) : ref.name,
        state: shownState(ref, errors.get(keyOf(ref))),
        points: [...(points.get(keyOf(ref)) ?? [])],
      }))
      send({ kind: 'all', containers, texts: pageTexts() })
    }),
  ]
  panel.onDidDispose(() => {
    for (const each of listening) each.dispose()
  })
  panel.webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [dist] }
  panel.webview.html = panelHtml({
    title: panel.title,
    nonce: randomBytes(16).toString('hex'),
    script: panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'stats.js')).toString(),
    state: shown.map(({ host, containerId, name }) => ({ host: host.id, container: containerId, name })),
  })
}

function keyOf({ host, containerId }: ContainerRef): string {
  return `${host.id} ${containerId}`
}

function nameOf(ref: ContainerRef): string {
  return plainText(containerRowOf(ref)?.name ?? ref.containerId.slice(0, 12))
}

function titleOf(shown: readonly Shown[]): string {
  const [only] = shown
  return only !== undefined && shown.length === 1 ? l10n.t('{0}: statistics', only.name) : l10n.t('Statistics')
}
