/** Following a link of a log. */
import { isAbsolute } from 'node:path'
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { ContainerRef } from '../commands/refs.ts'
import { containerRowOf } from '../commands/refs.ts'
import type { ReadOnlyDocuments } from '../documents/read-only-documents.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { PortLink } from '../terminal/port-url.ts'
import { plainText } from '../text/plain-text.ts'
import { hostPathOf } from './file-places.ts'
import { linkArgumentsSchema } from './link-arguments.ts'
import { parseLogPath } from './log-path.ts'
import { readWholeLine } from './whole-line.ts'

export interface OpenLinkParts {
  readonly hosts: Hosts
  readonly documents: ReadOnlyDocuments
  /** Opens a port of a container in the browser. */
  readonly openPort: (ref: ContainerRef, port: PortLink) => Promise<unknown>
  /** A file of a container's filesystem, where the editor can open it. */
  readonly uriOf?: ((ref: ContainerRef, path: string) => vscode.Uri | undefined) | undefined
}

/** Follows it. `given` is what the link's command was called with. Errors: those of what is opened. */
export async function openLink({ hosts, documents, openPort, uriOf }: OpenLinkParts, given: unknown): Promise<void> {
  const read = linkArgumentsSchema.safeParse(given)
  if (!read.success) return
  const { log, containerId, link } = read.data
  const host = hosts.find(parseLogPath(vscode.Uri.parse(log).path)?.hostId ?? '')
  if (host === undefined) return
  const ref: ContainerRef = { host, containerId }
  switch (link.kind) {
    case 'port':
      await openPort(ref, link)
      return
    case 'line': {
      const name = plainText(containerRowOf(ref)?.name ?? containerId.slice(0, 12))
      const text = await readWholeLine(ref, { ...link, time: BigInt(link.time) })
      await documents.show({ name: l10n.t('{0} line.log', name), text })
      return
    }
    case 'source':
      await openSource(link.path, link.line)
      return
    case 'file': {
      const uri = (await localFile(ref, link.path)) ?? uriOf?.(ref, link.path)
      if (uri === undefined)
        await vscode.window.showInformationMessage(
          l10n.t('The file {0} is in the container, and not in a folder that is open here.', plainText(link.path)),
        )
      else await showAt(uri, link.line, link.column)
      return
    }
  }
}

/** Below a folder of this machine that is mounted into the container, the file itself: there it can be edited. */
async function localFile(ref: ContainerRef, path: string): Promise<vscode.Uri | undefined> {
  if (ref.host.kind === 'ssh') return undefined
  const place = hostPathOf(path, containerRowOf(ref)?.mounts ?? [])
  if (place === undefined || !isAbsolute(place)) return undefined
  const uri = vscode.Uri.file(place)
  if (vscode.workspace.getWorkspaceFolder(uri) === undefined) return undefined
  try {
    await vscode.workspace.fs.stat(uri)
    return uri
  } catch {
    return undefined // not there: the container may have it all the same
  }
}

async function openSource(path: string, line: number): Promise<void> {
  // A name of an image's class has no wildcards in it; if it has, it finds nothing.
  const [found] = /[*?{}[\]]/.test(path) ? [] : await vscode.workspace.findFiles(`**/${path}`, undefined, 1)
  if (found === undefined) await vscode.window.showInformationMessage(l10n.t('No folder that is open here has {0}.', plainText(path)))
  else await showAt(found, line)
}

async function showAt(uri: vscode.Uri, line = 1, column = 1): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1))
  await vscode.window.showTextDocument(uri, { preview: true, selection: new vscode.Range(at, at) })
}
