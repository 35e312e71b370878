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
import { fromPageSchema, type ToPage } from './messages.ts'
import { panelHtml } from './panel-html.ts'
import type { StatsPoint } from './sample.ts'

export const STATS_PANEL = 'pocker.stats'

const stateSchema = z.array(z.object({ host: z.string(), container: z.string() }))

export interface StatsPanelParts {
  readonly extensionUri: vscode.Uri
  readonly report: (error: unknown) => void
}

/** Two minutes of them are shown. */
const KEPT = 130

/** Opens a tab for these containers. */
export function openStatsPanel(refs: readonly ContainerRef[], parts: StatsPanelParts): void {
  const panel = vscode.window.createWebviewPanel(STATS_PANEL, titleOf(refs), vscode.ViewColumn.Active)
  fillPanel(panel, refs, parts)
}

/** Fills the tab that VS Code has opened again after a reload; containers that are gone leave it. */
export async function restoreStatsPanel(
  panel: vscode.WebviewPanel,
  state: unknown,
  parts: StatsPanelParts & { readonly hosts: Hosts },
): Promise<void> {
  const read = stateSchema.safeParse(state)
  const hosts = await parts.hosts.known()
  const refs = (read.success ? read.data : []).flatMap(({ host, container }) => {
    const found = hosts.find(({ id }) => id === host)
    return found?.model.containers.has(container) ? [{ host: found, containerId: container }] : []
  })
  if (refs.length === 0) panel.dispose()
  else fillPanel(panel, refs, parts)
}

function fillPanel(panel: vscode.WebviewPanel, refs: readonly ContainerRef[], { extensionUri, report }: StatsPanelParts): void {
  const points = new Map<string, StatsPoint[]>(refs.map((ref) => [keyOf(ref), []]))
  const send = (message: ToPage) => void panel.webview.postMessage(message)
  const feed = new StatsFeed(refs, report)
  const dist = vscode.Uri.joinPath(extensionUri, 'dist')
  panel.webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [dist] }
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
    ...refs.map((ref) =>
      ref.host.model.onDidChange((change) => {
        if (change.kind === 'all' || (change.kind === 'container' && change.id === ref.containerId)) {
          send({ kind: 'status', key: keyOf(ref), status: statusOf(ref) })
        }
      }),
    ),
    panel.webview.onDidReceiveMessage((message) => {
      if (fromPageSchema.safeParse(message).success) send(allOf(refs, points))
    }),
  ]
  panel.onDidDispose(() => {
    for (const each of listening) each.dispose()
  })
  panel.webview.html = panelHtml({
    title: panel.title,
    nonce: randomBytes(16).toString('hex'),
    cspSource: panel.webview.cspSource,
    script: panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'stats.js')).toString(),
    state: refs.map(({ host, containerId }) => ({ host: host.id, container: containerId })),
  })
}

function allOf(refs: readonly ContainerRef[], points: ReadonlyMap<string, readonly StatsPoint[]>): ToPage {
  return {
    kind: 'all',
    containers: refs.map((ref) => ({
      key: keyOf(ref),
      name: nameOf(ref),
      status: statusOf(ref),
      points: [...(points.get(keyOf(ref)) ?? [])],
    })),
    labels: {
      cpu: l10n.t('CPU'),
      memory: l10n.t('Memory'),
      network: l10n.t('Network'),
      disk: l10n.t('Disk'),
      processes: l10n.t('{0} processes'),
    },
  }
}

function keyOf({ host, containerId }: ContainerRef): string {
  return `${host.id} ${containerId}`
}

function nameOf(ref: ContainerRef): string {
  return plainText(containerRowOf(ref)?.name ?? ref.containerId.slice(0, 12))
}

function statusOf(ref: ContainerRef): string {
  const row = containerRowOf(ref)
  if (row === undefined) return l10n.t('removed')
  return row.exitCode === undefined ? row.status : l10n.t('exited {0}', row.exitCode)
}

function titleOf(refs: readonly ContainerRef[]): string {
  const [only] = refs
  return only !== undefined && refs.length === 1 ? l10n.t('{0}: statistics', nameOf(only)) : l10n.t('Statistics')
}
