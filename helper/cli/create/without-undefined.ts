/** The members that have a value: what the flags did not ask for is absent, so that the engine's defaults hold. */
export function withoutUndefined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries: Iterable<readonly unknown[]> = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}

/** The list, or undefined when it has nothing in it. */
export function unlessEmpty<T>(list: readonly T[]): T[] | undefined {
  return list.length === 0 ? undefined : [...list]
}
