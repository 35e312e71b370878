/** Looking at containers, images and hosts: pages, JSON, statistics, disk use. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { z } from 'zod'
import type { Ask } from '../ask/ask.ts'
import { cleanUp } from '../cleanup/clean-up.ts'
import { diskPage } from '../cleanup/disk-page.ts'
import { askDiskUsage } from '../cleanup/disk-usage.ts'
import { chooseContainers, chooseHost, chooseImages } from '../commands/choose.ts'
import type { Door } from '../commands/door.ts'
import { type ContainerRef, containerRowOf, type ImageRef } from '../commands/refs.ts'
import type { ReadOnlyDocuments } from '../documents/read-only-documents.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { showPage } from '../page/show-page.ts'
import { plainText } from '../text/plain-text.ts'
import { containerPage } from './inspect/container-page.ts'
import { historySchema, imageAnswerSchema, imagePage } from './inspect/image-page.ts'
import { containerAnswerSchema } from './inspect/inspect-answer.ts'
import { openStatsPanel, restoreStatsPanel, STATS_PANEL, type StatsPanelParts } from './stats/stats-panel.ts'

export interface ObserveParts {
  readonly ask: Ask
  readonly door: Door
  readonly hosts: Hosts
  readonly documents: ReadOnlyDocuments
}

/** Registers the commands and the statistics page's coming back. */
export function registerObserve(context: vscode.ExtensionContext, parts: ObserveParts): void {
  const { door, hosts, ask, documents } = parts
  const stats: StatsPanelParts = {
    extensionUri: context.extensionUri,
    report: (error) => void door.guard('statistics', () => Promise.reject(error)),
  }
  context.subscriptions.push(
    door.register('pocker.containers.inspect', async (item, selected) => {
      const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Inspect') })
      for (const ref of refs) await inspectContainer(ref)
    }),
    door.register('pocker.containers.inspectJson', async (item, selected) => {
      const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Inspect as JSON') })
      for (const ref of refs) {
        const answer = await ref.host.client.ask('GET', `/containers/${encodeURIComponent(ref.containerId)}/json`, z.unknown())
        const name = containerRowOf(ref)?.name ?? ref.containerId.slice(0, 12)
        await documents.show({ name: `${plainText(name)}.json`, text: JSON.stringify(answer, undefined, 2) })
      }
    }),
    door.register('pocker.containers.stats', async (item, selected) => {
      const isRunning = ({ status }: { status: string }) => status === 'running' || status === 'paused'
      const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Statistics'), eligible: isRunning })
      if (refs.length > 0) openStatsPanel(refs, stats)
    }),
    door.register('pocker.images.inspect', async (item, selected) => {
      const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Inspect') })
      for (const ref of refs) await inspectImage(ref)
    }),
    door.register('pocker.images.inspectJson', async (item, selected) => {
      const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Inspect as JSON') })
      for (const { host, imageId, tag } of refs) {
        const answer = await host.client.ask('GET', `/images/${encodeURIComponent(imageId)}/json`, z.unknown())
        const name = plainText(tag ?? imageId.replace('sha256:', '').slice(0, 12)).replaceAll(':', ' ')
        await documents.show({ name: `${name}.json`, text: JSON.stringify(answer, undefined, 2) })
      }
    }),
    door.register('pocker.diskUse', async (item) => {
      const host = await chooseHost(parts, item, { title: l10n.t('Disk use') })
      if (host === undefined) return
      const usage = await inProgress(l10n.t('Counting what takes space…'), () => askDiskUsage(host.client))
      showPage(diskPage(usage, host.label))
    }),
    door.register('pocker.cleanUp', async (item) => {
      const host = await chooseHost(parts, item, { title: l10n.t('Clean up') })
      if (host !== undefined) await cleanUp(ask, host)
    }),
    vscode.window.registerWebviewPanelSerializer(STATS_PANEL, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        await door.guard('statistics', () => restoreStatsPanel(panel, state, { ...stats, hosts }))
      },
    }),
  )
}

/** The page follows the container as long as its tab is open. */
async function inspectContainer(ref: ContainerRef): Promise<void> {
  const { host, containerId } = ref
  const read = async () =>
    containerPage(await host.client.ask('GET', `/containers/${encodeURIComponent(containerId)}/json`, containerAnswerSchema), host.label)
  const page = showPage(await read())
  const listening = [
    host.model.watch(),
    host.model.onDidChange((change) => {
      const isOurs = change.kind === 'all' || (change.kind === 'container' && change.id === containerId && change.change !== 'removed')
      // One that goes in this very moment keeps its last page.
      if (isOurs) void read().then(page.update, () => undefined)
    }),
  ]
  page.onDidDispose(() => {
    for (const each of listening) each.dispose()
  })
}

async function inspectImage({ host, imageId }: ImageRef): Promise<void> {
  const path = `/images/${encodeURIComponent(imageId)}`
  const [image, history] = await Promise.all([
    host.client.ask('GET', `${path}/json`, imageAnswerSchema),
    host.client.ask('GET', `${path}/history`, historySchema),
  ])
  showPage(imagePage(image, history, host.label))
}

async function inProgress<T>(title: string, work: () => Promise<T>): Promise<T> {
  return await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work)
}
