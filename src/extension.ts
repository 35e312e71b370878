/** The extension's program: wiring, and nothing that takes time before somebody looks. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { vscodeAsk } from './ask/vscode-ask.ts'
import { vscodeFiles } from './ask/vscode-files.ts'
import { Acts } from './commands/acts.ts'
import { createDoor } from './commands/door.ts'
import { registerImageCommands } from './commands/images/register-images.ts'
import { registerLifecycle } from './commands/lifecycle/register-lifecycle.ts'
import { registerNetworkCommands } from './commands/networks/register-networks.ts'
import type { ContainerRef } from './commands/refs.ts'
import { Starting } from './commands/start.ts'
import { registerVolumeCommands } from './commands/volumes/register-volumes.ts'
import { readOnlyDocuments } from './documents/read-only-documents.ts'
import { presentError } from './errors/present.ts'
import { sentenceOf } from './errors/words.ts'
import { registerFiles } from './files/register-files.ts'
import { Hosts } from './hosts/hosts.ts'
import { askPassword } from './hosts/local/ask-password.ts'
import { localStart } from './hosts/local/local-start.ts'
import { namedSocket } from './hosts/local/named-socket.ts'
import { registerLocal, settings } from './hosts/local/register-local.ts'
import { startProgress } from './hosts/local/start-progress.ts'
import { readSurroundings } from './hosts/local/surroundings.ts'
import { registerSsh, sshHosts } from './hosts/ssh/register-ssh.ts'
import { foundHosts, ownHost, watchForHosts } from './hosts/this-machine.ts'
import { registerLogs } from './logs/register-logs.ts'
import { networkLists } from './model/network-lists.ts'
import { VolumeLists } from './model/volume-lists.ts'
import { ProcessRows } from './observe/processes/process-rows.ts'
import { registerObserve } from './observe/register-observe.ts'
import type { Page } from './page/page.ts'
import { Pages } from './page/pages.ts'
import { Logins } from './registry/logins.ts'
import { withLogin } from './registry/with-login.ts'
import { ActivePulls } from './run/active-pulls.ts'
import { registerRun } from './run/register-run.ts'
import { type PortLink, portUrl } from './terminal/port-url.ts'
import { registerTerminals } from './terminal/register-terminals.ts'
import { vscodeTransfer } from './transfer/vscode-transfer.ts'
import { registerViews } from './views/register-views.ts'

/** Called by VS Code when something of ours is first wanted. */
export function activate(context: vscode.ExtensionContext): void {
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle })
  const log = vscode.window.createOutputChannel('Pocker', { log: true })
  const acts = new Acts()
  const door = createDoor({ acts, registerCommand: vscode.commands.registerCommand, log, present: presentError })
  const surroundings = readSurroundings(vscode.env.remoteName !== undefined)
  const socketSetting = settings().get('socket', '')
  const named = () => namedSocket(surroundings, socketSetting)
  const local = localStart({
    surroundings,
    extensionPath: context.extensionPath,
    isNamed: () => named() !== undefined,
    log,
    ...startProgress(askPassword),
  })
  const starting = new Starting(local, () => {
    for (const host of hosts.all) if (host.kind === 'local') host.retry()
  })
  const wake = async () => {
    if (!acts.isActing) return false
    await starting.start()
    return true
  }
  const ask = vscodeAsk()
  const ssh = sshHosts(context, ask)
  const hosts = new Hosts(
    () => {
      const own = ownHost(surroundings, { socketSetting, wake: local.impossible === undefined ? wake : undefined })
      return own === undefined ? [] : [own]
    },
    {
      find: async (isKnown) => (await door.guard('find engines', () => foundHosts(surroundings, isKnown))) ?? [],
      watch: (came) => watchForHosts(surroundings, came),
    },
  )
  const documents = readOnlyDocuments()
  const pages = new Pages()
  const processes = new ProcessRows()
  const pulls = new ActivePulls()
  const volumes = new VolumeLists()
  const networks = networkLists()
  const transfer = vscodeTransfer({ pulls, progressView: 'pocker.images' })
  const logins = new Logins(context.secrets, context.globalState)
  const images = { ask, files: vscodeFiles(), hosts, transfer, login: withLogin(ask, logins) }
  context.subscriptions.push(
    log,
    documents,
    volumes,
    networks,
    pages,
    { dispose: () => hosts.dispose() },
    door.register('pocker.showLog', () => log.show()),
  )
  const files = registerFiles(context, { hosts, door, ask, log, progressView: 'pocker.containers' })
  const views = registerViews(context, {
    hosts,
    door,
    ask,
    pulls,
    starting,
    containerChildren: [files.containers, processes],
    imageChildren: [files.images],
    volumes,
    networks,
    volumeChildren: [files.volumes],
    dragAndDrop: files.dragAndDrop,
  })
  files.shownIn(views.containers)
  files.volumesIn(views.volumes.view)
  registerLocal(context, { door, hosts, ask, pages, starting, local, surroundings, named })
  registerSsh(context, { hosts, ssh, door, ask, busy: busyIn('pocker.hosts') })
  registerLifecycle(context, { ...images, door, busy: busyIn('pocker.containers'), openUrl, userUrl })
  registerImageCommands(context, { ...images, door, logins, busy: busyIn('pocker.images'), show: documents.show })
  const shown = { ask, hosts, documents, door, showPage: (key: string, page: Page) => pages.show(key, page) }
  registerVolumeCommands(context, { ...shown, lists: volumes, busy: busyIn('pocker.volumes') })
  registerNetworkCommands(context, { ...shown, lists: networks, busy: busyIn('pocker.networks') })
  registerObserve(context, { ask, documents, pages, processes, hosts, door })
  const links = {
    openPort: async (ref: ContainerRef, link: PortLink) => await openUrl(await portUrl(ref, link)),
    uriOf: files.uriOf,
  }
  registerTerminals(context, { ask, hosts, door, log, ...links })
  registerLogs(context, { ask, hosts, door, documents, words: sentenceOf, present: presentError, ...links })
  registerRun(context, { ...images, door, pulls, words: sentenceOf, show: (page) => void pages.show(page.title, page) })
}

function busyIn(viewId: string): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => await vscode.window.withProgress({ location: { viewId } }, work)
}

async function userUrl(url: string): Promise<string> {
  return (await vscode.env.asExternalUri(vscode.Uri.parse(url, true))).toString()
}

async function openUrl(url: string): Promise<void> {
  await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(url, true)))
}
