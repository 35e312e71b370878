/** A file or folder from one place to another one, as a single act that asks nothing. */
import { posix } from 'node:path'
import { EngineError } from '../../client/engine-error.ts'
import type { Files } from '../files.ts'
import { placeSource } from './place-source.ts'
import { placeTarget } from './place-target.ts'
import { planTransfer } from './plan.ts'
import { runSteps } from './run-steps.ts'
import { stepsOf } from './steps.ts'

export interface CarryOver {
  readonly source: Files
  readonly from: string
  readonly target: Files
  readonly to: string
  /** Files that are there are replaced. */
  readonly overwrite: boolean
  /** Owners and all bits of the modes come along. */
  readonly keepsOwners?: boolean
  readonly signal?: AbortSignal
}

/** Errors: the first one of a file; EngineError `file-exists`, `cannot-copy` when something had to be left out. What was copied before stays. */
export async function carryOver({ source, from, target, to, overwrite, keepsOwners = false, signal }: CarryOver): Promise<void> {
  const entry = await placeSource(source, from, posix.basename(to))
  const whole = { sources: [entry], target: placeTarget(target, { keepsOwners }), folder: posix.dirname(to), signal: signal ?? NEVER }
  const plan = await planTransfer(whole)
  const [leftOut] = plan.leftOut
  if (leftOut !== undefined) throw new EngineError('cannot-copy', `copy '${leftOut.path}': links and devices cannot be copied there`)
  if (plan.conflicts > 0 && !overwrite) throw new EngineError('file-exists', `copy to '${to}': there is something by that name already`)
  const steps = stepsOf(plan, { ...whole, decision: 'replace' })
  if (steps.refused.length > 0) throw new EngineError('file-exists', `copy to '${to}': there is something else by that name`)
  const { failed } = await runSteps(steps, { ...whole, report: () => {} })
  const [first] = failed
  if (first !== undefined) throw first.error
}

const NEVER = new AbortController().signal
