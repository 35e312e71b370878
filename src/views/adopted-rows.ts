/** The rows of other parts of the extension, each below the row it was asked for by. */
import type { ChildRow } from './child-rows.ts'

export class AdoptedRows<Node extends object> {
  readonly #parents = new WeakMap<ChildRow, Node | ChildRow>()

  /** Notes whose rows they are. */
  async below(parent: Node | ChildRow, rows: Promise<readonly ChildRow[]>): Promise<readonly ChildRow[]> {
    const list = await rows
    for (const row of list) this.#parents.set(row, parent)
    return list
  }

  parent(row: ChildRow): Node | ChildRow | undefined {
    return this.#parents.get(row)
  }

  /** The row's place: its parent's, and its own id. `idOf` knows the places of the tree's own rows. */
  idOf(row: ChildRow, idOf: (node: Node | ChildRow) => string): string {
    const parent = this.#parents.get(row)
    return `${parent === undefined ? '' : idOf(parent)}/${row.look.id}`
  }
}
