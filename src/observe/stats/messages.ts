/** What the statistics page and the extension say to each other; each side checks what the other sends. */
import { z } from 'zod'

export const pointSchema = z.object({
  time: z.number(),
  cpu: z.number(),
  memory: z.number(),
  memoryLimit: z.number(),
  received: z.number(),
  sent: z.number(),
  read: z.number(),
  written: z.number(),
  processes: z.number(),
})

const containerSchema = z.object({
  key: z.string(),
  name: z.string(),
  /** Such as `running`, in words. */
  status: z.string(),
  points: z.array(pointSchema),
})

/** To the page. */
export const toPageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all'), containers: z.array(containerSchema), labels: z.record(z.string(), z.string()) }),
  z.object({ kind: z.literal('point'), key: z.string(), point: pointSchema }),
  z.object({ kind: z.literal('status'), key: z.string(), status: z.string() }),
])

/** From the page. */
export const fromPageSchema = z.object({ kind: z.literal('ready') })

export type ToPage = z.infer<typeof toPageSchema>
export type ShownContainer = z.infer<typeof containerSchema>
