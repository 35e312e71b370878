import type { Volume } from '../../api/volume.ts'
import type { Command } from '../command.ts'
import { formatList } from '../format/list.ts'
import { VOLUME_COLUMNS, VOLUME_HEADINGS, volumeRow } from '../format/volume-row.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

/** `pocker volume ls` */
export const volumeLs: Command = {
  usage: '[OPTIONS]',
  flags: [
    {
      name: 'filter',
      short: 'f',
      kind: 'list',
      value: 'filter',
      help: 'Only volumes of these filters (dangling=, driver=, label=, name=)',
    },
    { name: 'format', kind: 'text', value: 'string', help: "'table', 'table TEMPLATE', 'json', or a Go template" },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Only show volume names' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const answer = await client.json('GET', '/volumes', { query: { filters: filterQuery(flags) } })
    const rows = (answeredObject<{ Volumes: readonly Volume[] | null }>(answer).Volumes ?? []).map(volumeRow)
    const format = flags.on('quiet') ? '{{.Name}}' : flags.text('format') || undefined
    await write(io.stdout, formatList(rows, { format, columns: VOLUME_COLUMNS, headings: VOLUME_HEADINGS }))
    return 0
  },
}
