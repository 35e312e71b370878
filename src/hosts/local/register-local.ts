/** Pocker on the machine that the extension runs on: started by itself or by the user, updated, made a service, and examined. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../../ask/ask.ts'
import type { Door } from '../../commands/door.ts'
import { hostOf } from '../../commands/refs.ts'
import type { Starting } from '../../commands/start.ts'
import { doctorPage } from '../../doctor/doctor-page.ts'
import { examineHost } from '../../doctor/examine.ts'
import type { Pages } from '../../page/pages.ts'
import type { Hosts } from '../hosts.ts'
import type { LocalStart } from '../local-start.ts'
import { offerUpdate } from './offer-update.ts'
import { ownPayload, ownProgramFolder } from './own-program.ts'
import { runDoctor } from './run-doctor.ts'
import { startByItself } from './start-by-itself.ts'
import { startError } from './start-error.ts'
import { terminalCommand } from './start-helper.ts'
import type { Surroundings } from './surroundings.ts'

export interface RegisterLocalParts {
  readonly door: Door
  readonly hosts: Hosts
  readonly ask: Ask
  readonly pages: Pages
  readonly starting: Starting
  readonly local: LocalStart
  readonly surroundings: Surroundings
  /** The socket that somebody has named, if any. */
  readonly named: () => string | undefined
}

/** Registers the commands, and what happens by itself. */
export function registerLocal(context: vscode.ExtensionContext, parts: RegisterLocalParts): void {
  const { door, hosts, ask, pages, starting, local, surroundings, named } = parts
  const { extensionPath } = context
  const { guard } = door
  const version = String(context.extension.packageJSON.version)
  context.subscriptions.push(
    starting,
    startByItself({ hosts, starting, local, guard, isWanted: () => settings().get('startAutomatically', true) }),
    offerUpdate({ hosts, ask, starting, local, version, guard }),
    door.register('pocker.start', () => starting.start()),
    door.register('pocker.update', () => starting.start('update')),
    door.register('pocker.startInTerminal', () => startInTerminal(surroundings, extensionPath)),
    door.register('pocker.service.install', async () => {
      await starting.start('install-service')
      ask.tell(l10n.t('Pocker starts with this machine from now on, and with it the containers whose restart policy says so.'))
    }),
    door.register('pocker.service.uninstall', async () => {
      await starting.start('uninstall-service')
      ask.tell(l10n.t('Pocker does not start with this machine any more. Containers that run go on.'))
    }),
    door.register('pocker.doctor', async (item) => {
      const host = hostOf(item) ?? hosts.all.find(({ kind }) => kind === 'local')
      const folder = ownProgramFolder(extensionPath)
      const env = named() === undefined ? process.env : { ...process.env, POCKER_HOST: `unix://${named()}` }
      const run = folder === undefined ? undefined : () => runDoctor(folder, env)
      const options = { location: vscode.ProgressLocation.Window, title: l10n.t('Looking at what this machine lets Pocker do…') }
      const findings = await vscode.window.withProgress(options, () => examineHost(host, run))
      pages.show(`doctor ${host?.id ?? ''}`, doctorPage(findings, host?.label ?? l10n.t('this machine')))
    }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (!change.affectsConfiguration('pocker.socket')) return
      const text = l10n.t('The other socket is used when the window has been reloaded.')
      if (await ask.offer(text, l10n.t('Reload Window'))) await vscode.commands.executeCommand('workbench.action.reloadWindow')
    }),
  )
}

/** Those of Pocker on this machine. */
export function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('pocker')
}

/** Where sudo asks in a terminal alone; what it starts is found by itself. Errors: StartError. */
function startInTerminal(surroundings: Surroundings, extensionPath: string): void {
  const command = terminalCommand({ surroundings, payload: ownPayload(extensionPath) })
  if (command === undefined) throw startError('no-way-to-root')
  const [shellPath, ...shellArgs] = command
  vscode.window.createTerminal({ name: l10n.t('Start Pocker'), shellPath, shellArgs, cwd: '/', isTransient: true }).show()
}
