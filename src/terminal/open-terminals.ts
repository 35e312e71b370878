/** The terminals that are open in this window. */
import * as vscode from 'vscode'
import type { ContainerRef } from '../commands/refs.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { OpenTerminal } from './open-terminal.ts'
import { type Place, rememberActive, type Store } from './remembered-terminals.ts'
import { tabLook } from './tab-look.ts'
import { terminalName } from './terminal-name.ts'
import type { WantedTerminal } from './wanted-terminal.ts'

export interface OpenTerminalsParts {
  readonly hosts: Hosts
  /** Of the workspace. */
  readonly store: Store
  /** In Docker's notation. */
  readonly detachKeys: () => string
  /** An error of work that nobody waits for. */
  readonly report: (error: unknown) => void
}

const LOCATIONS: Readonly<Record<Place, vscode.TerminalLocation>> = {
  panel: vscode.TerminalLocation.Panel,
  editor: vscode.TerminalLocation.Editor,
}
/** Milliseconds. */
const SETTLES = 500

export class OpenTerminals {
  readonly #parts: OpenTerminalsParts
  readonly #open = new Map<vscode.Pseudoterminal, OpenTerminal>()
  readonly #toBeShown = new Set<vscode.Pseudoterminal>()
  readonly #listening: readonly vscode.Disposable[]
  #settling: NodeJS.Timeout | undefined

  constructor(parts: OpenTerminalsParts) {
    this.#parts = parts
    this.#listening = [
      vscode.window.onDidOpenTerminal((terminal) => this.#opened(terminal)),
      vscode.window.onDidCloseTerminal((terminal) => void this.#closed(terminal).catch(parts.report)),
      vscode.window.onDidChangeActiveTerminal((terminal) => this.#activated(terminal)),
      parts.hosts.onDidChange(() => this.#endOfHosts()),
    ]
  }

  /** Opens one and goes there. */
  open(wanted: WantedTerminal): void {
    vscode.window.createTerminal(this.#options(wanted)).show()
  }

  /** Opens one that was there before, and shows it if it was the one that is seen. The focus stays where it is. */
  reopen(wanted: WantedTerminal, { isActive }: { readonly isActive: boolean }): void {
    const terminal = vscode.window.createTerminal(this.#options(wanted))
    if (isActive) terminal.show(true)
  }

  /** One that VS Code is to open. It does so without showing the panel, where that is closed, so this is seen to here. */
  profile(wanted: WantedTerminal): vscode.TerminalProfile {
    const options = this.#options(wanted)
    this.#toBeShown.add(options.pty)
    return new vscode.TerminalProfile(options)
  }

  /** What is open in a terminal; nothing in those of others. */
  of(terminal: vscode.Terminal | undefined): OpenTerminal | undefined {
    const { creationOptions } = terminal ?? {}
    return creationOptions !== undefined && 'pty' in creationOptions ? this.#open.get(creationOptions.pty) : undefined
  }

  /** Goes to the terminal of a container that was opened last; false where all have ended, or there is none. */
  show({ host, containerId }: ContainerRef, kind: WantedTerminal['program']['kind']): boolean {
    const terminal = vscode.window.terminals.findLast((each) => {
      const open = this.of(each)
      if (open === undefined || open.hasEnded) return false
      const { ref, program } = open.wanted
      return program.kind === kind && ref.containerId === containerId && ref.host === host
    })
    terminal?.show()
    return terminal !== undefined
  }

  dispose(): void {
    clearTimeout(this.#settling)
    for (const each of this.#listening) each.dispose()
    for (const open of this.#open.values()) open.dispose()
  }

  #options(wanted: WantedTerminal): vscode.ExtensionTerminalOptions {
    const { store, report } = this.#parts
    const open = new OpenTerminal(wanted, { store, report, detachKeys: this.#parts.detachKeys() })
    this.#open.set(open.screen, open)
    const name = terminalName(wanted.container, wanted.label)
    return { name, pty: open.screen, isTransient: true, location: LOCATIONS[wanted.place], ...tabLook(wanted.ref) }
  }

  #opened(terminal: vscode.Terminal): void {
    const screen = this.of(terminal)?.screen
    if (screen !== undefined && this.#toBeShown.delete(screen)) terminal.show()
  }

  // When a window goes, its terminals go one by one, and each time another one is active: what counts is what has been so for a moment.
  #activated(terminal: vscode.Terminal | undefined): void {
    clearTimeout(this.#settling)
    const key = this.of(terminal)?.key
    this.#settling = setTimeout(() => void rememberActive(this.#parts.store, key).catch(this.#parts.report), SETTLES)
  }

  async #closed(terminal: vscode.Terminal): Promise<void> {
    const open = this.of(terminal)
    if (open === undefined) return
    this.#open.delete(open.screen)
    // With the window: when it is loaded anew, the terminal is there again.
    if (terminal.exitStatus?.reason === vscode.TerminalExitReason.Shutdown) open.dispose()
    else await open.close()
  }

  #endOfHosts(): void {
    for (const open of this.#open.values()) if (!this.#parts.hosts.all.includes(open.wanted.ref.host)) open.endOfHost()
  }
}
