import * as vscode from 'vscode'
import { toTreeItem } from './tree-item.ts'
import type { ViewTree } from './view-tree.ts'

export interface OpenViewOptions<Node> {
  /** Of `contributes.views`. */
  readonly id: string
  readonly canSelectMany?: boolean
  readonly dragAndDrop?: vscode.TreeDragAndDropController<Node>
  /** Told of each change, after the rows: for badge, title and contexts. */
  readonly onDidChange: (view: vscode.TreeView<Node>) => void
}

export interface OpenView<Node> extends vscode.Disposable {
  readonly view: vscode.TreeView<Node>
}

/** Shows a tree in one of the extension's views. Disposing ends the view and the tree. */
export function openView<Node>(tree: ViewTree<Node>, options: OpenViewOptions<Node>): OpenView<Node> {
  const changed = new vscode.EventEmitter<Node[] | undefined>()
  const view = vscode.window.createTreeView<Node>(options.id, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (node) => [...(node === undefined ? tree.roots() : await tree.children(node))],
      getParent: (node) => tree.parent(node),
      getTreeItem: (node) => toTreeItem(tree.look(node), tree.idOf(node), node),
      resolveTreeItem: async (item, node, token) => {
        const cancel = new AbortController()
        token.onCancellationRequested(() => cancel.abort())
        const text = await tree.tooltip?.(node, cancel.signal)
        if (text !== undefined) item.tooltip = new vscode.MarkdownString(text)
        return item
      },
    },
    canSelectMany: options.canSelectMany ?? true,
    showCollapseAll: true,
    ...(options.dragAndDrop === undefined ? {} : { dragAndDropController: options.dragAndDrop }),
  })
  const redrawing = tree.onDidRedraw((nodes) => {
    if (nodes === undefined || nodes.length > 0) changed.fire(nodes === undefined ? undefined : [...nodes])
    options.onDidChange(view)
  })
  const visibility = view.onDidChangeVisibility(() => options.onDidChange(view))
  options.onDidChange(view)
  return { view, dispose: () => vscode.Disposable.from(redrawing, visibility, view, changed, tree).dispose() }
}
