/** The progress of a pull or push, put together from the engine's messages. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'

/** One message; anything else in it is passed over. */
export const pullMessageSchema = z.object({
  status: z.string().nullish(),
  id: z.string().nullish(),
  progressDetail: z.object({ current: z.number().nullish(), total: z.number().nullish() }).nullish(),
  error: z.string().nullish(),
  /** Pocker's own. */
  code: z.string().nullish(),
  /** Of `load`. */
  stream: z.string().nullish(),
  errorDetail: z.object({ message: z.string() }).nullish(),
})

export type PullMessage = z.infer<typeof pullMessageSchema>

export interface PullState {
  readonly layers: ReadonlyMap<string, { readonly current: number; readonly total: number }>
}

export const PULL_BEGINS: PullState = { layers: new Map() }

const DONE = new Set(['Download complete', 'Pull complete', 'Already exists', 'Pushed', 'Layer already exists'])

// An engine that lies about its layers must not fill the memory.
const MOST_LAYERS = 1000

/** The state after one message more. */
export function afterMessage(state: PullState, { id, status, progressDetail }: PullMessage): PullState {
  if (typeof id !== 'string' || id === '') return state
  const known = state.layers.get(id)
  if (known === undefined && state.layers.size >= MOST_LAYERS) return state
  const { current, total } = progressDetail ?? {}
  const isDone = typeof status === 'string' && DONE.has(status)
  if (isDone && known !== undefined) return withLayer(state, id, { current: known.total, total: known.total })
  // Messages of unpacking count from nothing again: what is downloaded stays downloaded.
  if ((status !== 'Downloading' && status !== 'Pushing') || typeof current !== 'number' || typeof total !== 'number' || total <= 0)
    return state
  return withLayer(state, id, { current: Math.min(current, total), total })
}

/** For a row: `18 of 45 MB`; nothing as long as no size is known. */
export function pullText({ layers }: PullState): string {
  const { current, total } = sums(layers)
  if (total === 0) return ''
  return l10n.t('{0} of {1} MB', megabytes(current), megabytes(total))
}

/** From 0 to 100. */
export function pullPercent({ layers }: PullState): number | undefined {
  const { current, total } = sums(layers)
  return total === 0 ? undefined : (100 * current) / total
}

function withLayer(state: PullState, id: string, layer: { current: number; total: number }): PullState {
  return { layers: new Map(state.layers).set(id, layer) }
}

function sums(layers: PullState['layers']): { current: number; total: number } {
  let current = 0
  let total = 0
  for (const layer of layers.values()) {
    current += layer.current
    total += layer.total
  }
  return { current, total }
}

function megabytes(bytes: number): string {
  const value = bytes / 1e6
  return value < 10 ? value.toFixed(1) : String(Math.round(value))
}
