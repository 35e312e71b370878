/** What the command behind a link of a log is given. Any extension may run it with anything. */
import { z } from 'zod'

const number = z.int().min(1).max(10_000_000)
const path = z.string().min(1).max(8_192)

export const linkArgumentsSchema = z.object({
  /** The address of the log's document. */
  log: z.string(),
  containerId: z.string().min(1),
  link: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('port'), port: z.int().min(1).max(65_535), scheme: z.enum(['http', 'https']), path: z.string().max(8_192) }),
    z.object({ kind: z.literal('file'), path, line: number.optional(), column: number.optional() }),
    z.object({ kind: z.literal('source'), path, line: number }),
    /** A line that is not shown whole; the time in nanoseconds, which JSON has no number for. */
    z.object({
      kind: z.literal('line'),
      time: z.string().regex(/^\d{1,20}$/),
      stream: z.enum(['stdout', 'stderr']),
      length: z.int().min(0),
    }),
  ]),
})

export type LinkArguments = z.infer<typeof linkArgumentsSchema>
