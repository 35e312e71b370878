/** How somebody last wanted a terminal in a container, by the container's name: one that is made anew is the same to its user. */
import { z } from 'zod'
import { looksSecret } from '../run/environment.ts'
import type { Store } from './remembered-terminals.ts'

const wishesSchema = z.object({
  /** Empty: the best shell. */
  command: z.array(z.string()),
  /** Empty: the container's. So is the folder. */
  user: z.string(),
  folder: z.string(),
  environment: z.array(z.string()),
  isPrivileged: z.boolean(),
})

export type TerminalWishes = z.infer<typeof wishesSchema>

export const NO_WISHES: TerminalWishes = { command: [], user: '', folder: '', environment: [], isPrivileged: false }

const KEY = 'pocker.terminal.as'
const MOST = 50
const entriesSchema = z.array(z.tuple([z.string(), wishesSchema]))

/** Those of a container's name. What cannot be read any more is none. */
export function wishesFor(store: Store, name: string): TerminalWishes {
  return entriesOf(store).find(([known]) => known === name)?.[1] ?? NO_WISHES
}

/** Keeps them; variables that look like secrets are not kept. */
export async function rememberWishes(store: Store, name: string, wishes: TerminalWishes): Promise<void> {
  const kept = { ...wishes, environment: wishes.environment.filter((entry) => !looksSecret(entry)) }
  const others = entriesOf(store).filter(([known]) => known !== name)
  await store.update(KEY, [[name, kept], ...others].slice(0, MOST))
}

function entriesOf(store: Store): readonly (readonly [string, TerminalWishes])[] {
  const read = entriesSchema.safeParse(store.get(KEY))
  return read.success ? read.data : []
}
