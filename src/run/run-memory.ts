/** What the editor remembers of runs: the last ones, and presets that have a name. */
import { z } from 'zod'
import type { RunAnswers } from './answers.ts'
import { answersSchema } from './answers.ts'
import { looksSecret } from './environment.ts'

/** As much of `vscode.Memento` as is needed. */
export interface Store {
  get(key: string): unknown
  update(key: string, value: unknown): PromiseLike<void>
}

export interface Preset {
  readonly name: string
  readonly answers: RunAnswers
}

const RECENT = 'pocker.run.recent'
const PRESETS = 'pocker.run.presets'
const MOST_RECENT = 8
const presetSchema = z.object({ name: z.string().min(1), answers: answersSchema })

/** The last runs, the newest first. What cannot be read any more is passed over. */
export function recentRuns(store: Store): readonly RunAnswers[] {
  return readable(store.get(RECENT), answersSchema)
}

/** Presets by name. */
export function presets(store: Store): readonly Preset[] {
  return readable(store.get(PRESETS), presetSchema)
}

/** Puts a run first, in place of an earlier one that differs only in its name. Variables that look like secrets are not kept. */
export async function rememberRun(store: Store, answers: RunAnswers): Promise<void> {
  const kept: RunAnswers = { ...answers, environment: answers.environment.filter((entry) => !looksSecret(entry)) }
  const others = recentRuns(store).filter((other) => likeness(other) !== likeness(kept))
  await store.update(RECENT, [kept, ...others].slice(0, MOST_RECENT))
}

/** Keeps a preset in place of one of the same name. */
export async function savePreset(store: Store, preset: Preset): Promise<void> {
  const others = presets(store).filter(({ name }) => name !== preset.name)
  await store.update(
    PRESETS,
    [...others, preset].sort((a, b) => a.name.localeCompare(b.name)),
  )
}

/** Forgets a preset; none of that name is none. */
export async function forgetPreset(store: Store, name: string): Promise<void> {
  await store.update(
    PRESETS,
    presets(store).filter((preset) => preset.name !== name),
  )
}

/** Forgets a recent run. */
export async function forgetRun(store: Store, answers: RunAnswers): Promise<void> {
  await store.update(
    RECENT,
    recentRuns(store).filter((other) => likeness(other) !== likeness(answers)),
  )
}

function likeness(answers: RunAnswers): string {
  return JSON.stringify({ ...answers, name: '' })
}

function readable<T>(kept: unknown, schema: z.ZodType<T>): readonly T[] {
  if (!Array.isArray(kept)) return []
  return kept.flatMap((entry: unknown) => {
    const read = schema.safeParse(entry)
    return read.success ? [read.data] : []
  })
}
