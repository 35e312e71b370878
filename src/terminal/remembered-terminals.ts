/** The terminals of a window, so that they are there again when it has been loaded anew. Nothing of their input or output is kept. */
import { z } from 'zod'

/** As much of `vscode.Memento` as is needed. */
export interface Store {
  get(key: string): unknown
  update(key: string, value: unknown): PromiseLike<void>
}

const specSchema = z.object({
  command: z.array(z.string()),
  user: z.string(),
  folder: z.string(),
  isPrivileged: z.boolean(),
  isToolbox: z.boolean(),
})

/** Where terminals open: what the setting `pocker.terminal.location` can be. An extension cannot split: VS Code passes `parentTerminal` over. */
export const placeSchema = z.enum(['panel', 'editor'])

const rememberedSchema = z.object({
  /** Its own, for as long as the terminal is there. */
  key: z.string(),
  hostId: z.string(),
  containerId: z.string(),
  /** The container's name, for the tab until the host answers. */
  container: z.string(),
  /** What runs there, for the tab; empty for the main process. */
  label: z.string(),
  place: placeSchema,
  program: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('main') }),
    // Without the environment: it may hold secrets, and matters only when the shell is started anew.
    z.object({ kind: z.literal('exec'), execId: z.string(), spec: specSchema }),
  ]),
  /** Left running: there is no terminal to be opened, until somebody wants one. */
  isDetached: z.boolean(),
})

export type RememberedTerminal = z.infer<typeof rememberedSchema>
export type Place = z.infer<typeof placeSchema>

const KEY = 'pocker.terminals'
const ACTIVE = 'pocker.terminals.active'

/** In the order in which they were opened. What cannot be read any more is passed over. */
export function rememberedTerminals(store: Store): readonly RememberedTerminal[] {
  const kept = store.get(KEY)
  if (!Array.isArray(kept)) return []
  return kept.flatMap((entry: unknown) => {
    const read = rememberedSchema.safeParse(entry)
    return read.success ? [read.data] : []
  })
}

/** Adds one, or puts it in the place of what was remembered of it. */
export async function rememberTerminal(store: Store, terminal: RememberedTerminal): Promise<void> {
  const all = rememberedTerminals(store)
  const at = all.findIndex(({ key }) => key === terminal.key)
  await store.update(KEY, at < 0 ? [...all, terminal] : all.with(at, terminal))
}

/** Forgets one; none of that key is none. */
export async function forgetTerminal(store: Store, key: string): Promise<void> {
  const all = rememberedTerminals(store)
  const rest = all.filter((other) => other.key !== key)
  if (rest.length < all.length) await store.update(KEY, rest)
}

/** The key of the terminal that was the active one; nothing when it was another's. */
export function activeTerminal(store: Store): string | undefined {
  const key = store.get(ACTIVE)
  return typeof key === 'string' ? key : undefined
}

/** Remembers which is the active one. */
export async function rememberActive(store: Store, key: string | undefined): Promise<void> {
  if (activeTerminal(store) !== key) await store.update(ACTIVE, key)
}
