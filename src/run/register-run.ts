/** The commands that make containers. */
import { dirname } from 'node:path'
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import type { Door } from '../commands/door.ts'
import { type ContainerRef, containerRefOf, hostOf, imageRefOf, imageRowOf } from '../commands/refs.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { WithLogin } from '../registry/with-login.ts'
import { plainText } from '../text/plain-text.ts'
import type { ShowTransfer } from '../transfer/progress.ts'
import type { ActivePulls } from './active-pulls.ts'
import { afterStart } from './after-start.ts'
import { dockerfileBase } from './dockerfile-base.ts'
import { probeLocalPort, probeNothing } from './probe-port.ts'
import type { RunParts, RunStart, Started } from './run-flow.ts'
import type { RunUi } from './run-ui.ts'
import { vscodeUi } from './vscode-ui.ts'

/** What the extension's wiring gives. */
export interface RegisterRunParts {
  readonly ask: Ask
  readonly show: RunUi['show']
  readonly hosts: Hosts
  readonly door: Door
  readonly words: (error: unknown) => string
  /** Shared with the view that shows them as rows. */
  readonly pulls: ActivePulls
  readonly transfer: ShowTransfer
  readonly login: WithLogin
}

const ATTACH = 'pocker.containers.attach'
const LOGS = 'pocker.containers.logs'

/** Registers `pocker.run` and what belongs to it. */
export function registerRun(context: vscode.ExtensionContext, parts: RegisterRunParts): void {
  const { pulls } = parts
  const run: RunParts = {
    ui: vscodeUi({ ask: parts.ask, transfer: parts.transfer, show: parts.show }),
    hosts: () => parts.hosts.all,
    store: context.globalState,
    workspaceOf: (host) => (host.kind === 'ssh' ? undefined : openFolder()),
    probeOf: (host) => (host.kind === 'ssh' ? probeNothing : probeLocalPort),
    words: parts.words,
    now: () => performance.now(),
    login: parts.login,
  }
  const start = async (from: RunStart) => {
    await parts.hosts.settled()
    const { runFlow } = await import('./run-flow.ts')
    await show(await runFlow(run, from))
  }
  context.subscriptions.push(
    parts.door.register('pocker.run', (item) => start(startOf(item))),
    parts.door.register('pocker.run.withDefaults', (item) => start({ ...startOf(item), withDefaults: true })),
    parts.door.register('pocker.run.inFolder', (item) => start(startOf(item))),
    parts.door.register('pocker.run.dockerfile', async (item) => start(await startOfDockerfile(parts.ask, item))),
    parts.door.register('pocker.containers.recreate', async (item) => {
      const target = await containerTarget(run, item)
      if (target === undefined) return
      const { recreateFlow } = await import('./recreate-flow.ts')
      await show(await recreateFlow(run, target.host, target.containerId))
    }),
    parts.door.register('pocker.images.cancelPull', (item) => cancelPull(run, pulls, item)),
  )
}

async function show(started: Started | undefined): Promise<void> {
  if (started === undefined) return
  const { host, containerId } = started
  switch (afterStart(started)) {
    case 'terminal':
      await vscode.commands.executeCommand(ATTACH, { host, containerId })
      return
    case 'log':
      await vscode.commands.executeCommand(LOGS, { host, containerId })
      return
    case 'nothing':
      return
  }
}

function startOf(item: unknown): RunStart {
  if (item instanceof vscode.Uri) return item.scheme === 'file' && vscode.workspace.isTrusted ? { folder: item.fsPath } : {}
  const host = hostOf(item)
  if (host === undefined) return {}
  const image = imageRefOf(item)
  if (image === undefined) return { host }
  return { host, image: image.tag ?? imageRowOf(image)?.tags[0] ?? image.imageId }
}

/** Images are not built here, but what a Dockerfile begins with can be tried, with its folder. */
async function startOfDockerfile(ask: Ask, item: unknown): Promise<RunStart> {
  const file = item instanceof vscode.Uri ? item : vscode.window.activeTextEditor?.document.uri
  if (file?.scheme !== 'file' || !vscode.workspace.isTrusted) return {}
  const folder = dirname(file.fsPath)
  const image = dockerfileBase((await vscode.workspace.openTextDocument(file)).getText())
  if (image === undefined) {
    ask.tell(l10n.t('“{0}” does not say which image it begins with: choose one instead.', plainText(vscode.workspace.asRelativePath(file))))
    return { folder }
  }
  return { image, folder }
}

async function containerTarget({ ui, hosts }: RunParts, item: unknown): Promise<ContainerRef | undefined> {
  const ref = containerRefOf(item)
  if (ref !== undefined) return ref
  const all = hosts().flatMap((each) => [...each.model.containers.values()].map((container) => ({ host: each, container })))
  const rows = all.map(({ host: its, container }, index) => ({
    id: String(index),
    label: plainText(container.name),
    description: plainText(`${container.image} · ${its.label}`),
  }))
  const answer = await ui.pick({ title: l10n.t('Edit and recreate'), placeholder: l10n.t('Which container?'), rows })
  const chosen = answer.kind === 'picked' ? all[Number(answer.id)] : undefined
  return chosen === undefined ? undefined : { host: chosen.host, containerId: chosen.container.id }
}

async function cancelPull({ ui }: RunParts, pulls: ActivePulls, item: unknown): Promise<void> {
  const list = pulls.list
  const pressed = list.find(({ id }) => typeof item === 'object' && item !== null && 'pullId' in item && item.pullId === id)
  if (pressed !== undefined) return pressed.cancel()
  const [only] = list
  if (list.length === 1) return only?.cancel()
  const rows = list.map(({ title, text }, index) => ({ id: String(index), label: plainText(title), description: text }))
  const answer = await ui.pick({ title: l10n.t('Cancel'), placeholder: l10n.t('Which of these?'), rows })
  if (answer.kind === 'picked') list[Number(answer.id)]?.cancel()
}

function openFolder(): string | undefined {
  if (!vscode.workspace.isTrusted) return undefined
  const active = vscode.window.activeTextEditor?.document.uri
  const its = active === undefined ? undefined : vscode.workspace.getWorkspaceFolder(active)
  const folder = its ?? vscode.workspace.workspaceFolders?.[0]
  return folder?.uri.scheme === 'file' ? folder.uri.fsPath : undefined
}
