/** What is kept of a volume, in a file beside its data. */
import { z } from 'zod'
import { mapOf, text } from '../api/json.ts'

const schema = z.object({
  /** Milliseconds since 1970. */
  created: z.number(),
  labels: mapOf(text),
  /** `type`, `o` and `device`; empty for one that is just a folder. */
  options: mapOf(text),
})

export type VolumeRecord = Readonly<z.infer<typeof schema>>

/** Errors: SyntaxError, ZodError for what is no record. */
export function parseVolumeRecord(content: string): VolumeRecord {
  return schema.parse(JSON.parse(content))
}
