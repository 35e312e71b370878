/** Looking at containers, images and hosts: pages, JSON, run traces, statistics, processes, disk use. Pages are read when one is first wanted. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import { chooseContainers, chooseHost, chooseImages } from '../commands/choose.ts'
import type { Door } from '../commands/door.ts'
import type { ReadOnlyDocuments } from '../documents/read-only-documents.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { isLive } from '../model/container-state.ts'
import type { Pages } from '../page/pages.ts'
import { showFollowedPage } from './followed-page.ts'
import type { ProcessRows } from './processes/process-rows.ts'
import { openStatsPanel, restoreStatsPanel, STATS_PANEL } from './stats/stats-panel.ts'

export interface ObserveParts {
  readonly ask: Ask
  readonly door: Door
  readonly hosts: Hosts
  readonly documents: ReadOnlyDocuments
  readonly pages: Pages
  readonly processes: ProcessRows
}

/** Registers the commands and the statistics page's coming back. */
export function registerObserve(context: vscode.ExtensionContext, parts: ObserveParts): void {
  const { door, hosts, ask, documents, pages, processes } = parts
  const { extensionUri } = context
  context.subscriptions.push(
    processes,
    door.register('pocker.containers.inspect', async (item, selected) => {
      const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Inspect') })
      for (const ref of refs) await showFollowedPage(pages, ref, 'inspect', async () => (await readPages()).readContainerPage(ref))
    }),
    door.register('pocker.containers.inspectJson', async (item, selected) => {
      const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Inspect as JSON') })
      for (const ref of refs) await documents.show(await (await readPages()).readContainerJson(ref))
    }),
    door.register('pocker.containers.trace', async (item, selected) => {
      const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Run trace') })
      for (const ref of refs)
        await showFollowedPage(pages, ref, 'trace', async () => (await import('./trace/trace-page.ts')).readTracePage(ref))
    }),
    door.register('pocker.containers.stats', async (item, selected) => {
      const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Statistics'), eligible: isLive })
      if (refs.length > 0) openStatsPanel(refs, hosts, extensionUri)
    }),
    door.register('pocker.containers.refreshProcesses', (item) => processes.refresh(item)),
    door.register('pocker.images.inspect', async (item, selected) => {
      const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Inspect') })
      for (const ref of refs) pages.show(`image ${ref.host.id} ${ref.imageId}`, await (await readPages()).readImagePage(ref))
    }),
    door.register('pocker.images.inspectJson', async (item, selected) => {
      const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Inspect as JSON') })
      for (const ref of refs) await documents.show(await (await readPages()).readImageJson(ref))
    }),
    door.register('pocker.diskUse', async (item) => {
      const host = await chooseHost(parts, item, { title: l10n.t('Disk use') })
      if (host === undefined) return
      const [{ askDiskUsage }, { diskPage }] = await Promise.all([import('../cleanup/disk-usage.ts'), import('../cleanup/disk-page.ts')])
      const usage = await inProgress(l10n.t('Counting what takes space…'), () => askDiskUsage(host.client))
      pages.show(`disk ${host.id}`, diskPage(usage, host.label))
    }),
    door.register('pocker.cleanUp', async (item) => {
      const host = await chooseHost(parts, item, { title: l10n.t('Clean up') })
      if (host === undefined) return
      const { cleanUp } = await import('../cleanup/clean-up.ts')
      await cleanUp(ask, host, { busy: (work) => inProgress(l10n.t('Counting what takes space…'), work) })
    }),
    vscode.window.registerWebviewPanelSerializer(STATS_PANEL, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        await door.guard('statistics', () => restoreStatsPanel(panel, state, { hosts, extensionUri }))
      },
    }),
  )
}

const readPages = async () => await import('./inspect/read-pages.ts')

async function inProgress<T>(title: string, work: () => Promise<T>): Promise<T> {
  return await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work)
}
