import type { Disposable, Event } from 'vscode'
import type { ItemLook } from './item-look.ts'

/** A tree of rows, without an editor. A row is told apart by its object: it stays the same as long as the row is there. */
export interface ViewTree<Node> extends Disposable {
  roots(): readonly Node[]
  children(node: Node): readonly Node[] | Promise<readonly Node[]>
  parent(node: Node): Node | undefined
  /** The row's place in the tree, stable, as text that no other row has. */
  idOf(node: Node): string
  look(node: Node): ItemLook
  /** More of a row, in Markdown, for who rests on it. Nothing: the look says all. */
  tooltip?(node: Node, signal: AbortSignal): Promise<string | undefined>
  /** The rows to draw anew, with what is below them; `undefined` is all, and none that only counts have changed. They are up to date by then. */
  readonly onDidRedraw: Event<readonly Node[] | undefined>
}
