import type * as vscode from 'vscode'
import type { ContextKey } from '../commands/contexts.ts'
import type { Host } from '../hosts/host.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { Contexts } from './contexts.ts'
import { HostWatch } from './host-watch.ts'
import type { ListedNode, ListedTree } from './listed-tree.ts'
import { openView } from './open-view.ts'
import { viewState } from './view-state.ts'

export interface OpenListedParts {
  readonly hosts: Hosts
  readonly contexts: Contexts
  readonly isStarting: () => boolean
  /** Of `contributes.views`. */
  readonly id: string
  /** Set to what the view's welcome text goes by. */
  readonly stateKey: ContextKey
  readonly dragAndDrop?: vscode.TreeDragAndDropController<ListedNode>
}

export interface ListedView {
  readonly view: vscode.TreeView<ListedNode>
  redraw(): void
}

/** Registers a view of listed things; it is made known to the editor at once and reads nothing before it is seen. */
export function openListed<Row, Ref extends { readonly host: Host }>(
  context: vscode.ExtensionContext,
  tree: ListedTree<Row, Ref>,
  parts: OpenListedParts,
): ListedView {
  const { hosts, contexts, id, stateKey, dragAndDrop } = parts
  const watch = new HostWatch(hosts)
  const { view, dispose } = openView(tree, {
    id,
    ...(dragAndDrop === undefined ? {} : { dragAndDrop }),
    onDidChange: ({ visible }) => {
      watch.isOn = visible
      const state = visible ? viewState(hosts, tree.content, parts.isStarting()) : 'loading'
      contexts.set(stateKey, state === 'empty' && !tree.isKnown ? 'loading' : state)
    },
  })
  context.subscriptions.push(watch, { dispose })
  return { view, redraw: () => tree.redraw() }
}
