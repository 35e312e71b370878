/** The commands, the profile and the links of containers' terminals; and the terminals that were there before the window was loaded anew. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import { chooseContainers } from '../commands/choose.ts'
import type { ContextKey } from '../commands/contexts.ts'
import type { Door } from '../commands/door.ts'
import type { ContainerRef } from '../commands/refs.ts'
import { InWords } from '../errors/in-words.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { ContainerRow } from '../model/rows.ts'
import { DEFAULT_DETACH_KEYS } from './detach-keys.ts'
import { linkProvider, type Openers } from './link-provider.ts'
import { OpenTerminals } from './open-terminals.ts'
import { type Place, placeSchema } from './remembered-terminals.ts'
import { leftRunning, restoreTerminals } from './restore-terminals.ts'
import { type ChosenExec, type ChosenMain, chooseMain, chooseShell, chooseToolbox } from './shell-flow.ts'
import { Shells } from './shells.ts'
import type { WantedTerminal } from './wanted-terminal.ts'
import { askWishes } from './wishes-flow.ts'

/** What the extension's wiring gives. */
export interface RegisterTerminalsParts extends Openers {
  readonly ask: Ask
  readonly hosts: Hosts
  readonly door: Door
  readonly log: { error(message: string | Error): void }
}

const PROFILE = 'pocker.containerShell'
/** Set while a terminal of a container is the active one. */
const ACTIVE = 'pocker.terminalActive'

/** Registers all that is in a container's terminals. */
export function registerTerminals(context: vscode.ExtensionContext, parts: RegisterTerminalsParts): void {
  const { ask, hosts, door } = parts
  const store = context.workspaceState
  const report = (error: unknown) => parts.log.error(error instanceof Error ? error : String(error))
  const terminals = new OpenTerminals({ hosts, store, report, detachKeys: () => setting('detachKeys', DEFAULT_DETACH_KEYS) })
  const shells = new Shells()
  const forEach = async (
    title: string,
    [item, selected]: readonly [item?: unknown, selected?: unknown],
    act: (ref: ContainerRef) => Promise<void>,
  ) => {
    const eligible = ({ status }: ContainerRow) => status !== 'removing' && status !== 'dead'
    const { refs } = await chooseContainers({ ask, hosts }, item, selected, { title, eligible })
    for (const ref of refs) await act(ref)
  }
  const openExec = (chosen: ChosenExec | undefined) => {
    if (chosen !== undefined) terminals.open(wantedExec(chosen))
  }
  const openShell = async (ref: ContainerRef) => {
    const left = await leftRunning(store, ref.host, ref.containerId)
    if (left === undefined) openExec(await chooseShell({ ask, shells }, ref))
    else terminals.open(left)
  }
  const openTerminal = l10n.t('Open Terminal')
  context.subscriptions.push(
    terminals,
    door.register('pocker.containers.openTerminal', (...at) => forEach(openTerminal, at, openShell)),
    door.register('pocker.containers.focusTerminal', (...at) =>
      forEach(openTerminal, at, async (ref) => {
        if (!terminals.show(ref, 'exec') && !terminals.show(ref, 'main')) await openShell(ref)
      }),
    ),
    door.register('pocker.containers.openTerminalAs', (...at) =>
      forEach(l10n.t('Open Terminal As'), at, async (ref) => {
        const wishes = await askWishes({ ask, store: context.globalState }, ref)
        if (wishes !== undefined) openExec(await chooseShell({ ask, shells }, ref, wishes))
      }),
    ),
    door.register('pocker.containers.toolbox', (...at) =>
      forEach(l10n.t('Open Toolbox Shell'), at, async (ref) => openExec(await chooseToolbox({ ask }, ref))),
    ),
    door.register('pocker.containers.attach', (...at) =>
      forEach(l10n.t('Attach'), at, async (ref) => {
        if (terminals.show(ref, 'main')) return
        const main = await chooseMain(ask, ref)
        if (main !== undefined) terminals.open(wantedMain(ref, main))
      }),
    ),
    door.register('pocker.containers.detach', () => detachActive(terminals)),
    vscode.window.registerTerminalProfileProvider(PROFILE, {
      provideTerminalProfile: async () => {
        const wanted = await door.guard(PROFILE, async () => {
          const { refs } = await chooseContainers({ ask, hosts }, undefined, undefined, { title: openTerminal })
          return refs[0] === undefined ? undefined : await chooseShell({ ask, shells }, refs[0])
        })
        // VS Code takes nothing for an answer but a profile; of an error without words it says nothing.
        if (wanted === undefined) throw new Error('')
        return terminals.profile({ ...wantedExec(wanted), place: 'panel' })
      },
    }),
    vscode.window.registerTerminalLinkProvider(linkProvider({ ...parts, containerOf: (terminal) => terminals.of(terminal)?.wanted.ref })),
    vscode.window.onDidChangeActiveTerminal(
      (terminal) => void vscode.commands.executeCommand('setContext', ACTIVE satisfies ContextKey, terminals.of(terminal) !== undefined),
    ),
  )
  void door.guard('restore terminals', () =>
    restoreTerminals({ store, hosts, open: (wanted, options) => terminals.reopen(wanted, options) }),
  )
}

function wantedExec({ ref, container, label, spec }: ChosenExec): WantedTerminal {
  return { ref, container: container.name, label, place: place(), program: { kind: 'exec', spec } }
}

function wantedMain(ref: ContainerRef, { container, first }: ChosenMain): WantedTerminal {
  return { ref, container: container.name, label: '', place: place(), program: { kind: 'main', first } }
}

function detachActive(terminals: OpenTerminals): void {
  const open = terminals.of(vscode.window.activeTerminal)
  if (open === undefined || open.detach()) return
  throw new InWords('no-way-back', l10n.t('What runs here would be lost: this engine has no way back to it. Closing the terminal ends it.'))
}

function place(): Place {
  return placeSchema.catch('panel').parse(setting('location', 'panel'))
}

function setting(name: string, otherwise: string): string {
  return vscode.workspace.getConfiguration('pocker.terminal').get(name, otherwise)
}
