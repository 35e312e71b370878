/** The when-clause contexts that menus and welcome texts ask for. They are set here and nowhere else. */
export const CONTEXTS = [
  'pocker.containers.state',
  'pocker.containers.isFiltered',
  'pocker.containers.onlyWorkspace',
  'pocker.containers.hideStopped',
  'pocker.images.state',
  'pocker.hosts.state',
  'pocker.isPulling',
] as const

export type ContextKey = (typeof CONTEXTS)[number]

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
