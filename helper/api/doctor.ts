/** What this machine can and cannot do, of `GET /pocker/doctor` and `pocker doctor --json`. */
import { z } from 'zod'

export const findingSchema = z.object({
  /** Stable, in kebab-case: `cgroups`, `overlayfs`. */
  id: z.string(),
  /** For people: `cgroup limits`. */
  title: z.string(),
  /** `limited`: containers run, but something they may want does not work. `missing`: none runs. `unknown`: it takes root to see. */
  state: z.enum(['ok', 'limited', 'missing', 'unknown']),
  /** One sentence: what was found. */
  detail: z.string(),
  /** What to do about it, where that is known. */
  remedy: z.string().optional(),
  /** The remedy as a command line to be copied; never run by itself. */
  command: z.string().optional(),
})

export const doctorSchema = z.object({ findings: z.array(findingSchema) })

export type Finding = z.infer<typeof findingSchema>
