import type { SearchResult } from '../../api/image.ts'
import type { Row } from './list.ts'
import { ellipsis } from './table.ts'

export const SEARCH_COLUMNS: readonly string[] = ['Name', 'Description', 'StarCount', 'IsOfficial']

export const SEARCH_HEADINGS: Row = {
  Name: 'NAME',
  Description: 'DESCRIPTION',
  StarCount: 'STARS',
  IsOfficial: 'OFFICIAL',
  IsAutomated: 'AUTOMATED',
}

/** A result of a search as a row. Follows searchContext of the Docker CLI. */
export function searchRow(result: SearchResult, options: { readonly truncate: boolean }): Row {
  const description = (result.description ?? '').replace(/[\n\r]/g, ' ')
  return {
    Name: result.name,
    Description: options.truncate ? ellipsis(description, 45) : description,
    StarCount: String(result.star_count),
    IsOfficial: result.is_official ? '[OK]' : '',
    IsAutomated: result.is_automated ? '[OK]' : '',
  }
}
