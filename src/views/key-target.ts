/**
 * What a key was pressed on. VS Code tells an extension which rows of its tree are selected, and not which one has the focus; so a key toggles
 * the focused row's selection and back (`list.toggleSelection`), and what has changed in between is that row.
 */
export interface KeyTarget<Node> {
  readonly item: Node
  /** All that the key is for: the selection when the row is part of it, else the row alone. */
  readonly selected: readonly Node[]
}

/** The target, by the selection before and after the toggle. Nothing when no row has the focus. */
export function keyTarget<Node>(before: readonly Node[], after: readonly Node[]): KeyTarget<Node> | undefined {
  const removed = before.find((node) => !after.includes(node))
  if (removed !== undefined) return { item: removed, selected: before }
  const added = after.find((node) => !before.includes(node))
  return added === undefined ? undefined : { item: added, selected: [added] }
}

/** The command that a key runs on a row: the view's own, or what another part of the extension has put in its place on its rows. */
export function keyCommand(item: unknown, command: string): string | undefined {
  if (typeof item !== 'object' || item === null || !('look' in item)) return command
  const { look } = item
  const keys = typeof look === 'object' && look !== null && 'keys' in look ? look.keys : undefined
  const own = typeof keys === 'object' && keys !== null ? Reflect.get(keys, command) : undefined
  return typeof own === 'string' ? own : undefined
}
