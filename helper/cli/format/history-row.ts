import type { ImageHistoryEntry } from '../../api/image.ts'
import type { RowOptions } from './container-row.ts'
import { ago, humanSize } from './human.ts'
import type { Row } from './list.ts'
import { rfc3339Seconds } from './local-time.ts'
import { shortId } from './short-id.ts'
import { ellipsis } from './table.ts'

export const HISTORY_COLUMNS: readonly string[] = ['ID', 'CreatedSince', 'CreatedBy', 'Size', 'Comment']

export const HISTORY_HEADINGS: Row = {
  ID: 'IMAGE',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  CreatedBy: 'CREATED BY',
  Size: 'SIZE',
  Comment: 'COMMENT',
}

export interface HistoryRowOptions extends RowOptions {
  /** Sizes and times for people, not for programs. */
  readonly human: boolean
}

/** Before it there were no images: such a time says that none is known. */
const YEAR_2000 = Date.UTC(2000) / 1000

/** A step of an image's history as a row. Follows historyContext of the Docker CLI. */
export function historyRow(entry: ImageHistoryEntry, { truncate, human, now }: HistoryRowOptions): Row {
  const createdBy = entry.CreatedBy.replaceAll('\t', ' ')
  const createdAt = rfc3339Seconds(entry.Created)
  const since = entry.Created <= YEAR_2000 ? 'N/A' : ago(entry.Created, now)
  return {
    ID: truncate ? shortId(entry.Id) : entry.Id,
    CreatedAt: createdAt,
    CreatedSince: human ? since : createdAt,
    CreatedBy: truncate ? ellipsis(createdBy, 45) : createdBy,
    Size: human ? humanSize(entry.Size, 3) : String(entry.Size),
    Comment: entry.Comment,
  }
}
