/** What has to be drawn anew when containers have changed: as little as can be. */
import type { Arrangement, Group } from './arrange.ts'

export type Redraw =
  | { readonly kind: 'all' }
  /** Groups with what is in them, and single containers of others. */
  | { readonly kind: 'parts'; readonly groups: readonly string[]; readonly containers: readonly string[] }

/** Beyond so many rows one message for all is cheaper than one for each. */
const MOST_ROWS = 100

/** The redrawing that leads from one arrangement to the next. `changed` are the containers that look different. */
export function redrawOf(before: Arrangement, after: Arrangement, changed: ReadonlySet<string>): Redraw {
  const hasOtherRoots = !isSame(keysOf(before), keysOf(after)) || !isSame(before.loose, after.loose)
  if (hasOtherRoots || changed.size > MOST_ROWS || hasMoved(before, after)) return { kind: 'all' }
  const earlier = new Map(before.groups.map((group) => [group.key, group]))
  const groups = after.groups.filter((group) => !isSameGroup(earlier.get(group.key), group))
  const redrawn = new Set(groups.flatMap(({ ids }) => ids))
  const places = [...after.loose, ...after.groups.flatMap(({ ids }) => ids)]
  return {
    kind: 'parts',
    groups: groups.map(({ key }) => key),
    containers: places.filter((id) => changed.has(id) && !redrawn.has(id)),
  }
}

function keysOf({ groups }: Arrangement): readonly string[] {
  return groups.map(({ key }) => key)
}

function isSameGroup(before: Group | undefined, after: Group): boolean {
  return before !== undefined && before.running === after.running && isSame(before.ids, after.ids)
}

// A row that appears in its new group before it has left the old one is an error to VS Code: such groups are drawn at once.
function hasMoved(before: Arrangement, after: Arrangement): boolean {
  const places = new Map(before.groups.flatMap(({ key, ids }) => ids.map((id) => [id, key] as const)))
  return after.groups.some(({ key, ids }) => ids.some((id) => (places.get(id) ?? key) !== key))
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index])
}
