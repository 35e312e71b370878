/** How a container was made, step by step, of `GET /pocker/containers/{id}/trace`. The last start's; gone with the helper that has made it. */
import { z } from 'zod'

/** Who walked through a step: the helper's own thread, the process that then became the container's keeper, or the container's first process. */
export const stepPartSchema = z.enum(['helper', 'keeper', 'container'])

export const traceSchema = z.object({
  /** RFC 3339; empty when the helper that answers has not started the container. */
  startedAt: z.string(),
  /** Microseconds of all steps, in which the helper slept for the most part. */
  total: z.number(),
  /** In the order in which they happened; a step of one name may be walked through by two. */
  steps: z.array(
    z.object({
      /** `createMountNamespace`, `createProcFolder`, … */
      step: z.string(),
      part: stepPartSchema,
      microseconds: z.number(),
      /** What the step may call, in order: some only when an earlier one finds a path missing, say. */
      calls: z.array(
        z.object({
          /** `mount`, `openat2`, … */
          call: z.string(),
          /** As a person would write them: names of flags, texts in quotes, `<proc>` for the descriptor that was opened as proc. */
          operands: z.string(),
        }),
      ),
    }),
  ),
})

export type Trace = z.infer<typeof traceSchema>
export type StepPart = z.infer<typeof stepPartSchema>
