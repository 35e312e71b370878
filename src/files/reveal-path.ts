/** Unfolding the views down to a file. */
import type { TreeView } from 'vscode'
import type { ContainerRef } from '../commands/refs.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { FileRef } from './place.ts'
import type { FolderRows } from './rows/folder-rows.ts'

export interface RevealParts {
  readonly hosts: Hosts
  readonly folders: FolderRows
  /** The view with the containers. */
  readonly view: Pick<TreeView<unknown>, 'reveal'>
  /** The row of a container, where it is shown. */
  readonly find: (container: ContainerRef) => unknown
}

/** Selects the row of a file. Nothing happens where its container is not shown. */
export async function revealPath({ hosts, folders, view, find }: RevealParts, { place, path }: FileRef): Promise<void> {
  const host = hosts.find(place.hostId)
  const container = host === undefined || place.kind !== 'container' ? undefined : find({ host, containerId: place.id })
  if (container === undefined) return
  await view.reveal(container, { select: false, expand: true })
  await folders.upToDate({ place, path: '/' })
  const steps =
    path === '/'
      ? ['/']
      : [
          '/',
          ...path
            .slice(1)
            .split('/')
            .map((_name, index, names) => `/${names.slice(0, index + 1).join('/')}`),
        ]
  for (const step of steps) {
    // Each row is there once the one above it is unfolded.
    const row = folders.find({ place, path: step })
    if (row === undefined) return
    const isLast = step === path
    await view.reveal(row, { select: isLast, focus: isLast, expand: row.kind === 'folder' })
    await folders.upToDate({ place, path: step })
  }
}
