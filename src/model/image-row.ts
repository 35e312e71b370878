/** An image's row out of an engine's list. */
import { z } from 'zod'
import type { ImageRow } from './rows.ts'

const summarySchema = z.object({
  Id: z.string().min(1),
  RepoTags: z.array(z.string()).nullish(),
  Size: z.number().nullish(),
  Created: z.number().nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
})

/** Of `GET /images/json`: the rows of what is as expected. */
export const imageRowsSchema = z.array(z.unknown()).transform((entries) =>
  entries.flatMap((entry) => {
    const read = summarySchema.safeParse(entry)
    return read.success ? [imageRow(read.data)] : []
  }),
)

function imageRow({ Id, RepoTags, Size, Created, Labels }: z.infer<typeof summarySchema>): ImageRow {
  return {
    id: Id,
    tags: (RepoTags ?? []).filter((tag) => !tag.startsWith('<none>')),
    size: Size ?? 0,
    created: (Created ?? 0) * 1000,
    labels: Labels ?? {},
  }
}
