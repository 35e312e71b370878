/** What somebody typed, read: a value, or what is wrong with it in words for the input box. */
export type Checked<T> = { readonly value: T } | { readonly problem: string }

/** The problem of a reading, as input boxes want it: nothing when there is none. */
export function problemOf(checked: Checked<unknown>): string | undefined {
  return 'problem' in checked ? checked.problem : undefined
}
