import { z } from 'zod'
import { type Started, startedSchema } from '../../../helper/api/helper.ts'
import type { RootRun } from './run-as-root.ts'
import { type StartError, startError, toldError } from './start-error.ts'

const failureSchema = z.object({ error: z.string(), message: z.string().optional(), hint: z.string().optional() })

/** What the script or the helper has answered; undefined when there was no answer at all, for reasons of sudo's and the like. */
export function readAnswer(run: RootRun): Started | StartError | undefined {
  if (run.answer === undefined) return run.timedOut ? startError('start-timed-out') : undefined
  const failure = failureSchema.safeParse(run.answer)
  if (failure.success) return toldError(failure.data.error, failure.data.message, failure.data.hint)
  const started = startedSchema.safeParse(run.answer)
  return started.success ? started.data : startError('no-answer')
}
