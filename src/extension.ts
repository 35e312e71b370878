/** The extension's program: wiring, and nothing that takes time before somebody looks. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { vscodeAsk } from './ask/vscode-ask.ts'
import { socketConnect } from './client/socket-connect.ts'
import { createDoor } from './commands/door.ts'
import { readOnlyDocuments } from './documents/read-only-documents.ts'
import { presentError } from './errors/present.ts'
import { sentenceOf } from './errors/words.ts'
import { registerFiles } from './files/register-files.ts'
import { EngineHost } from './hosts/engine-host.ts'
import { Hosts } from './hosts/hosts.ts'
import { registerObserve } from './observe/register-observe.ts'
import { ActivePulls } from './run/active-pulls.ts'
import { registerRun } from './run/register-run.ts'
import { registerContainers } from './views/containers/register-containers.ts'
import { createContexts } from './views/contexts.ts'
import { ImagesTree } from './views/images/images-tree.ts'
import { openView } from './views/open-view.ts'

/** Called by VS Code when something of ours is first wanted. */
export function activate(context: vscode.ExtensionContext): void {
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle })
  const log = vscode.window.createOutputChannel('Pocker', { log: true })
  const door = createDoor({ registerCommand: vscode.commands.registerCommand, log, present: presentError })
  const hosts = new Hosts(() => [localHost()])
  const ask = vscodeAsk()
  const documents = readOnlyDocuments()
  context.subscriptions.push(
    log,
    documents,
    { dispose: () => hosts.dispose() },
    door.register('pocker.showLog', () => log.show()),
  )
  registerObserve(context, { ask, documents, hosts, door })
  const files = registerFiles(context, { hosts, door, ask, log, progressView: 'pocker.containers' })
  const contexts = createContexts((key, value) => void vscode.commands.executeCommand('setContext', key, value))
  const containers = registerContainers(context, {
    hosts,
    door,
    ask,
    contexts,
    isStarting: () => false,
    sources: [files.containers],
    dragAndDrop: files.dragAndDrop(),
  })
  files.shownIn(containers.view, containers.find)
  const images = new ImagesTree({ hosts, pulls: new ActivePulls(), sources: [files.images] })
  context.subscriptions.push(openView(images, { id: 'pocker.images', dragAndDrop: files.dragAndDrop(), onDidChange: () => {} }))
  registerRun(context, { ask, documents, hosts, door, words: sentenceOf })
}

function localHost(): EngineHost {
  return new EngineHost({
    id: 'local',
    label: l10n.t('this machine'),
    kind: 'local',
    connect: socketConnect(process.env.POCKER_HOST?.replace('unix://', '') ?? '/run/pocker/pocker.sock'),
    reuse: false,
    startsOnDemand: true,
    words: sentenceOf,
  })
}
