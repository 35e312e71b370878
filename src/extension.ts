/** The extension's program: wiring, and nothing that takes time before somebody looks. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { vscodeAsk } from './ask/vscode-ask.ts'
import { socketConnect } from './client/socket-connect.ts'
import { createDoor } from './commands/door.ts'
import { readOnlyDocuments } from './documents/read-only-documents.ts'
import { presentError } from './errors/present.ts'
import { sentenceOf } from './errors/words.ts'
import { EngineHost } from './hosts/engine-host.ts'
import { Hosts } from './hosts/hosts.ts'
import { registerObserve } from './observe/register-observe.ts'
import { registerRun } from './run/register-run.ts'
import { registerTerminals } from './terminal/register-terminals.ts'

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
  registerTerminals(context, {
    ask,
    hosts,
    door,
    log,
    lookOf: () => ({ iconPath: new vscode.ThemeIcon('vm-running'), color: new vscode.ThemeColor('terminal.ansiGreen') }),
    openPort: (ref, address) => vscode.commands.executeCommand('pocker.openPort', { ...ref, ...address }),
    uriOf: () => undefined,
  })
  registerRun(context, { ask, documents, hosts, door, words: sentenceOf })
}

function localHost(): EngineHost {
  return new EngineHost({
    id: 'local',
    label: l10n.t('this machine'),
    kind: 'local',
    connect: socketConnect(localSocket()),
    reuse: false,
    startsOnDemand: true,
    words: sentenceOf,
  })
}

/** Where the helper listens; a test's own with `POCKER_HOST`, as with the command line. */
function localSocket(): string {
  const { POCKER_HOST = '' } = process.env
  return POCKER_HOST.startsWith('unix://') ? POCKER_HOST.slice('unix://'.length) : '/run/pocker/pocker.sock'
}
