/** The one place that sets the when-clause contexts of the views. */
import type { ContextKey } from '../commands/contexts.ts'

export interface Contexts {
  set(key: ContextKey, value: string | boolean): void
}

/** Tells the editor of changes only: each is a message to another process. */
export function createContexts(tell: (key: ContextKey, value: string | boolean) => void): Contexts {
  const known = new Map<ContextKey, string | boolean>()
  return {
    set: (key, value) => {
      if (known.get(key) === value) return
      known.set(key, value)
      tell(key, value)
    },
  }
}
