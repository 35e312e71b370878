/** Logs of containers, as read-only documents. */

import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import { chooseContainers } from '../commands/choose.ts'
import type { Door } from '../commands/door.ts'
import { type ContainerRef, containerRowOf } from '../commands/refs.ts'
import type { ReadOnlyDocuments } from '../documents/read-only-documents.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { chooseTogether } from './choose-together.ts'
import { colourLogs } from './log-colours.ts'
import { registerLogCommands } from './log-commands.ts'
import { logDocuments } from './log-documents.ts'
import { LogEditors } from './log-editors.ts'
import { logLenses } from './log-lenses.ts'
import { logLinkProvider } from './log-link-provider.ts'
import { LOG_SCHEME, type LogName, logPath } from './log-path.ts'
import { type OpenLinkParts, openLink } from './open-link.ts'
import { OpenLogs } from './open-logs.ts'

/** What the extension's wiring gives. */
export interface RegisterLogsParts {
  readonly hosts: Hosts
  readonly door: Door
  readonly ask: Ask
  readonly words: (error: unknown) => string
  readonly present: (error: unknown) => Promise<void>
  readonly documents: ReadOnlyDocuments
  readonly openPort: OpenLinkParts['openPort']
  readonly uriOf?: OpenLinkParts['uriOf']
}

const FOLLOWING = 'pocker.logs.isFollowing'
const FILTERED = 'pocker.logs.isFiltered'

/** Registers `pocker.containers.logs` and what belongs to it. */
export function registerLogs(context: vscode.ExtensionContext, parts: RegisterLogsParts): void {
  const { hosts, door, ask, words } = parts
  const logs = new OpenLogs({ hosts, store: context.workspaceState, words })
  const editors = new LogEditors(logs)
  const selector = { scheme: LOG_SCHEME }
  const show = async (name: LogName, containerId?: string) => {
    const uri = uriOfLog(name)
    if (containerId !== undefined) logs.expect(uri, containerId)
    await vscode.window.showTextDocument(uri, { preview: false })
  }
  context.subscriptions.push(
    logs,
    editors,
    colourLogs(editors),
    vscode.workspace.registerFileSystemProvider(LOG_SCHEME, logDocuments(logs), {
      isReadonly: new vscode.MarkdownString(l10n.t('A log is what a container has written: it cannot be edited.')),
      isCaseSensitive: true,
    }),
    vscode.languages.registerCodeLensProvider(selector, logLenses(logs)),
    vscode.languages.registerDocumentLinkProvider(selector, logLinkProvider(logs)),
    registerLogCommands({ logs, editors, door, ask }),
    door.register('pocker.logs.openLink', (given) => openLink(parts, given)),
    door.register('pocker.containers.logs', async (item, selected) => {
      const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Show Container Log') })
      for (const ref of refs) await show({ kind: 'container', hostId: ref.host.id, name: await nameOf(ref, hosts) }, ref.containerId)
    }),
    door.register('pocker.containers.logsTogether', async (item, selected) => {
      const name = await chooseTogether(parts, item, selected)
      if (name !== undefined) await show(name)
    }),
    logs.onDidFail((error) => void parts.present(error)),
  )
  const tell = () => void setContext(logs)
  context.subscriptions.push(logs.onDidChange(tell), editors.onDidChangeFollowing(tell), vscode.window.onDidChangeActiveTextEditor(tell))
}

function uriOfLog(name: LogName): vscode.Uri {
  return vscode.Uri.from({ scheme: LOG_SCHEME, path: logPath(name) })
}

async function nameOf(ref: ContainerRef, hosts: Hosts): Promise<string> {
  const known = containerRowOf(ref)
  if (known !== undefined) return known.name
  // A container that was made a moment ago, or before any view was open.
  await hosts.known()
  return containerRowOf(ref)?.name ?? ref.containerId.slice(0, 12)
}

async function setContext(logs: OpenLogs): Promise<void> {
  const session = logs.find(vscode.window.activeTextEditor?.document.uri)?.session
  const isFollowing = session?.isFollowing === true && session.window.isEnd
  await vscode.commands.executeCommand('setContext', FOLLOWING, isFollowing)
  await vscode.commands.executeCommand('setContext', FILTERED, session !== undefined && session.options.filter !== '')
}
