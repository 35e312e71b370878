/** The view "Volumes". */
import type * as vscode from 'vscode'
import type { VolumeRef } from '../../commands/refs.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { VolumeLists } from '../../model/volume-lists.ts'
import type { ChildSource } from '../child-rows.ts'
import type { Contexts } from '../contexts.ts'
import { HostWatch } from '../host-watch.ts'
import { openView } from '../open-view.ts'
import { viewState } from '../view-state.ts'
import type { VolumesNode } from './nodes.ts'
import { VolumesTree } from './volumes-tree.ts'

export const VOLUMES_VIEW = 'pocker.volumes'

export interface RegisterVolumesParts {
  readonly hosts: Hosts
  readonly lists: VolumeLists
  readonly contexts: Contexts
  readonly sources: readonly ChildSource<VolumeRef>[]
  readonly isStarting: () => boolean
  readonly dragAndDrop?: vscode.TreeDragAndDropController<VolumesNode>
}

export interface VolumesView {
  readonly view: vscode.TreeView<VolumesNode>
  redraw(): void
}

/** Registers the view; it is made known to the editor at once and reads nothing before it is seen. */
export function registerVolumes(context: vscode.ExtensionContext, parts: RegisterVolumesParts): VolumesView {
  const { hosts, contexts, dragAndDrop } = parts
  const tree = new VolumesTree(parts)
  const watch = new HostWatch(hosts)
  const { view, dispose } = openView(tree, {
    id: VOLUMES_VIEW,
    ...(dragAndDrop === undefined ? {} : { dragAndDrop }),
    onDidChange: ({ visible }) => {
      watch.isOn = visible
      const state = visible ? viewState(hosts, tree.content, parts.isStarting()) : 'loading'
      contexts.set('pocker.volumes.state', state === 'empty' && !tree.isKnown ? 'loading' : state)
    },
  })
  context.subscriptions.push(watch, { dispose })
  return { view, redraw: () => tree.redraw() }
}
