/** What an inspection tells of a container, as far as its tooltip says it. */
import { z } from 'zod'

const text = z.string().nullish()
const count = z.number().nullish()

/** Of `GET /containers/{id}/json`, of any engine. */
export const containerFactsSchema = z.object({
  Created: text,
  RestartCount: count,
  Path: text,
  Args: z.array(z.string()).nullish(),
  State: z.object({ StartedAt: text, FinishedAt: text, Error: text, Pid: count }),
  HostConfig: z.object({
    Memory: count,
    NanoCpus: count,
    PidsLimit: count,
    Privileged: z.boolean().nullish(),
    AutoRemove: z.boolean().nullish(),
    RestartPolicy: z.object({ Name: text, MaximumRetryCount: count }).nullish(),
  }),
})

export type ContainerFacts = z.infer<typeof containerFactsSchema>
