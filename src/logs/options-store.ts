/** How each log is shown, kept for the workspace. */
import type { Memento } from 'vscode'
import { z } from 'zod'
import { DEFAULTS, type LogOptions } from './log-options.ts'

const KEY = 'pocker.logs.options'
/** Containers come and go; of these the ones that were looked at last. */
const MOST = 200

const optionsSchema = z.object({
  timestamps: z.enum(['off', 'time', 'date', 'since']).catch('off'),
  streams: z.enum(['both', 'stdout', 'stderr']).catch('both'),
  filter: z.string().max(1000).catch(''),
  isFollowing: z.boolean().catch(true),
})
const storeSchema = z.array(z.tuple([z.string(), optionsSchema])).catch([])

/** The options of a log that was shown before. */
export function readOptions(store: Pick<Memento, 'get'>, key: string): LogOptions {
  return storeSchema.parse(store.get(KEY)).find(([its]) => its === key)?.[1] ?? DEFAULTS
}

/** Keeps them. */
export async function keepOptions(store: Pick<Memento, 'get' | 'update'>, key: string, options: LogOptions): Promise<void> {
  const others = storeSchema.parse(store.get(KEY)).filter(([its]) => its !== key)
  const isUsual = JSON.stringify(optionsSchema.parse(options)) === JSON.stringify(optionsSchema.parse(DEFAULTS))
  await store.update(KEY, [...(isUsual ? [] : [[key, options]]), ...others].slice(0, MOST))
}
