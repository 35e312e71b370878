import type { SearchResult } from '../../api/image.ts'
import type { Command } from '../command.ts'
import { registryAuth } from '../credentials/registry-auth.ts'
import { formatList } from '../format/list.ts'
import { SEARCH_COLUMNS, SEARCH_HEADINGS, searchRow } from '../format/search-row.ts'
import { parseInteger } from '../grammar/number.ts'
import { answeredList } from '../http/answers.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

/** `pocker search` */
export const search: Command = {
  usage: '[OPTIONS] TERM',
  flags: [
    { name: 'filter', short: 'f', kind: 'list', value: 'filter', help: 'Filter output based on conditions provided' },
    { name: 'format', kind: 'text', value: 'string', help: "'table', 'table TEMPLATE', 'json', or a Go template" },
    { name: 'limit', kind: 'text', value: 'int', help: 'Max number of search results' },
    { name: 'no-trunc', kind: 'switch', help: "Don't truncate output" },
  ],
  words: { least: 1, most: 1 },
  run: async ({ flags, words, client, io }) => {
    const [term = ''] = words
    const limit = flags.parsed('limit', parseInteger) ?? 0
    const query = { term, limit: limit > 0 ? limit : undefined, filters: filterQuery(flags) }
    const headers = await registryAuth(io, registryOf(term))
    const found = answeredList<SearchResult>(await client.json('GET', '/images/search', { query, headers }))
    const rows = found.map((result) => searchRow(result, { truncate: !flags.on('no-trunc') }))
    const format = flags.text('format') || undefined
    await write(io.stdout, formatList(rows, { format, columns: SEARCH_COLUMNS, headings: SEARCH_HEADINGS }))
    return 0
  },
}

/** What stands before a slash and looks like a host is a registry; else it is Docker Hub. Follows splitReposSearchTerm of the Docker CLI. */
function registryOf(term: string): string {
  const [first = '', ...rest] = term.split('/')
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io'
}
