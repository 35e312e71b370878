/** The view "Containers" in the editor. */
import * as l10n from '@vscode/l10n'
import type * as vscode from 'vscode'
import type { ContainerRef } from '../../commands/refs.ts'
import type { Host } from '../../hosts/host.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import { isLive } from '../../model/container-state.ts'
import { plainText } from '../../text/plain-text.ts'
import type { ContainerChildren } from '../child-rows.ts'
import type { Contexts } from '../contexts.ts'
import { HostWatch } from '../host-watch.ts'
import { openView } from '../open-view.ts'
import { rootsOf } from '../usable-hosts.ts'
import { viewState } from '../view-state.ts'
import { ContainersTree } from './containers-tree.ts'
import type { ContainersNode } from './nodes.ts'
import type { ContainersOptions } from './options.ts'
import { isFiltered } from './options.ts'
import type { BadgeMode } from './options-store.ts'
import { badgeOf, filterText } from './view-words.ts'

export const CONTAINERS_VIEW = 'pocker.containers'

export interface ContainersViewParts {
  readonly hosts: Hosts
  readonly contexts: Contexts
  readonly options: () => ContainersOptions
  readonly badgeMode: () => BadgeMode
  readonly sources: readonly ContainerChildren[]
  readonly isStarting: () => boolean
  readonly dragAndDrop?: vscode.TreeDragAndDropController<ContainersNode>
}

export interface ContainersView extends vscode.Disposable {
  readonly view: vscode.TreeView<ContainersNode>
  /** Options or what else the rows go by have changed. */
  redraw(): void
  /** The row of a container, where it is shown. */
  find(container: ContainerRef): ContainersNode | undefined
  /** Selects the row of a container, where it is shown and the view is open. */
  reveal(container: ContainerRef): Promise<void>
}

/** Makes the view. */
export function createContainersView(parts: ContainersViewParts): ContainersView {
  const { hosts, dragAndDrop } = parts
  const tree = new ContainersTree(parts)
  const watch = new HostWatch(hosts)
  const { view, dispose } = openView(tree, {
    id: CONTAINERS_VIEW,
    ...(dragAndDrop === undefined ? {} : { dragAndDrop }),
    onDidChange: (its) => {
      // First: it is by this that there are any hosts, or that it is known that there are none.
      if (its.visible) watch.isOn = true
      sayState(parts, tree, its)
      // A number on the activity bar must go on being true while the view is out of sight.
      watch.isOn = its.visible || its.badge !== undefined
    },
  })
  return {
    view,
    redraw: () => tree.redraw(),
    find: (container) => tree.find(container),
    reveal: async (container) => {
      const node = tree.find(container)
      if (node !== undefined && view.visible) await view.reveal(node, { select: true, focus: false })
    },
    dispose: () => {
      watch.dispose()
      dispose()
    },
  }
}

function sayState(parts: ContainersViewParts, tree: ContainersTree, view: vscode.TreeView<ContainersNode>): void {
  const { hosts, contexts } = parts
  const options = parts.options()
  const counts = tree.content
  view.badge = badgeOf(counts, parts.badgeMode())
  const { stale, lost } = lossText(hosts, parts.isStarting())
  // Empty and not absent: an editor's view has these as accessors.
  view.description = lost ?? filterText(options, counts) ?? ''
  view.message = stale ?? ''
  contexts.set('pocker.containers.state', viewState(hosts, counts, parts.isStarting()))
  contexts.set('pocker.isStopped', !parts.isStarting() && hosts.all.some(({ kind, state }) => kind === 'local' && state.kind === 'stopped'))
  contexts.set('pocker.containers.isFiltered', isFiltered(options))
  contexts.set('pocker.containers.onlyWorkspace', options.onlyFolders !== undefined)
  contexts.set('pocker.containers.hideStopped', options.hideStopped)
}

/** Why a host that has no row of its own is lost: above its rows when it has any, else beside the title, for a welcome text has its place. */
function lossText({ all }: Hosts, isStarting: boolean): { readonly stale?: string; readonly lost?: string } {
  const roots = rootsOf(all)
  if (roots.kind === 'hosts') return {}
  const host = roots.host ?? all.find(({ state }) => state.kind === 'unreachable')
  if (host?.state.kind === 'stopped' && host.model.containers.size > 0) return { stale: stoppedText(host, isStarting) }
  if (host?.state.kind !== 'unreachable') return {}
  const reason = plainText(host.state.reason)
  if (host.model.containers.size === 0) return { lost: reason }
  return { stale: l10n.t('{0} It is tried again by itself; the rows show how it was.', reason) }
}

function stoppedText(host: Host, isStarting: boolean): string {
  if (isStarting) return l10n.t('Pocker is being started…')
  const runs = [...host.model.containers.values()].some(isLive)
  const [first, rows] = runs
    ? [l10n.t('Pocker has ended; containers go on.'), l10n.t('The rows show how it was.')]
    : [l10n.t('Pocker does not run: nothing needed it.'), l10n.t('The rows show how it was.')]
  return host.wake === undefined ? `${first} ${rows}` : `${first} ${rows} ${l10n.t('It is started by whatever you do with them.')}`
}
