/** The view "Images". */
import type * as vscode from 'vscode'
import type { Hosts } from '../../hosts/hosts.ts'
import type { ActivePulls } from '../../run/active-pulls.ts'
import type { ImageChildren } from '../child-rows.ts'
import type { Contexts } from '../contexts.ts'
import { HostWatch } from '../host-watch.ts'
import { openView } from '../open-view.ts'
import { viewState } from '../view-state.ts'
import { ImagesTree } from './images-tree.ts'
import type { ImagesNode } from './nodes.ts'

export const IMAGES_VIEW = 'pocker.images'

export interface RegisterImagesParts {
  readonly hosts: Hosts
  readonly contexts: Contexts
  readonly pulls: ActivePulls
  readonly sources: readonly ImageChildren[]
  readonly isStarting: () => boolean
  readonly dragAndDrop?: vscode.TreeDragAndDropController<ImagesNode>
}

export interface ImagesView {
  readonly view: vscode.TreeView<ImagesNode>
  redraw(): void
}

/** Registers the view; it is made known to the editor at once and reads nothing before it is seen. */
export function registerImages(context: vscode.ExtensionContext, parts: RegisterImagesParts): ImagesView {
  const { hosts, contexts, pulls, dragAndDrop } = parts
  const tree = new ImagesTree(parts)
  const watch = new HostWatch(hosts)
  const { view, dispose } = openView(tree, {
    id: IMAGES_VIEW,
    ...(dragAndDrop === undefined ? {} : { dragAndDrop }),
    onDidChange: ({ visible }) => {
      watch.isOn = visible
      contexts.set('pocker.images.state', viewState(hosts, tree.content, parts.isStarting()))
      contexts.set('pocker.isPulling', pulls.list.length > 0)
    },
  })
  context.subscriptions.push(watch, { dispose })
  return { view, redraw: () => tree.redraw() }
}
