/** Addresses and files of containers in their terminals. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Door } from '../commands/door.ts'
import type { ContainerRef } from '../commands/refs.ts'
import { KnownFiles } from './known-files.ts'
import type { PortLink } from './port-url.ts'
import { type TerminalSpot, terminalSpots } from './terminal-links.ts'

/** How things of a container are opened; others know. */
export interface Openers {
  readonly openPort: (ref: ContainerRef, link: PortLink) => Thenable<unknown>
  /** Nothing where this host's files cannot be opened. */
  readonly uriOf: (ref: ContainerRef, path: string) => vscode.Uri | undefined
}

export interface LinkParts extends Openers {
  readonly door: Pick<Door, 'guard'>
  /** Nothing for terminals of others. */
  readonly containerOf: (terminal: vscode.Terminal) => ContainerRef | undefined
}

interface Link extends vscode.TerminalLink {
  readonly ref: ContainerRef
  readonly spot: TerminalSpot
}

/** Looks at a line when the mouse is over it, and no sooner. */
export function linkProvider({ door, containerOf, openPort, uriOf }: LinkParts): vscode.TerminalLinkProvider<Link> {
  const files = new KnownFiles()
  return {
    provideTerminalLinks: async ({ line, terminal }, token) => {
      const ref = containerOf(terminal)
      if (ref === undefined) return []
      const spots = terminalSpots(line).filter((spot) => spot.kind === 'port' || uriOf(ref, spot.path) !== undefined)
      const there = await Promise.all(spots.map(async (spot) => spot.kind === 'port' || (await files.has(ref, spot.path))))
      if (token.isCancellationRequested) return []
      return spots
        .filter((_, index) => there[index])
        .map((spot) => ({ startIndex: spot.start, length: spot.length, tooltip: tooltipOf(spot), ref, spot }))
    },
    handleTerminalLink: async ({ ref, spot }) => {
      await door.guard('terminal link', async () => {
        if (spot.kind === 'port') return await openPort(ref, spot)
        const uri = uriOf(ref, spot.path)
        if (uri === undefined) return undefined
        const at = new vscode.Position(spot.line - 1, spot.column - 1)
        return await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), preview: true })
      })
    },
  }
}

function tooltipOf(spot: TerminalSpot): string {
  return spot.kind === 'port' ? l10n.t('Open port {0} of the container', spot.port) : l10n.t('Open this file of the container')
}
