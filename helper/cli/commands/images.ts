import type { ImageSummary } from '../../api/image.ts'
import type { Command } from '../command.ts'
import { IMAGE_COLUMNS, IMAGE_HEADINGS, imageRows } from '../format/image-row.ts'
import { formatList, namesField } from '../format/list.ts'
import { answeredList } from '../http/answers.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

/** `pocker images` */
export const images: Command = {
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  flags: [
    { name: 'all', short: 'a', kind: 'switch', help: 'Show all images (default hides intermediate images)' },
    { name: 'digests', kind: 'switch', help: 'Show digests' },
    { name: 'filter', short: 'f', kind: 'list', value: 'filter', help: 'Filter output based on conditions provided' },
    { name: 'format', kind: 'text', value: 'string', help: "'table', 'table TEMPLATE', 'json', or a Go template" },
    { name: 'no-trunc', kind: 'switch', help: "Don't truncate output" },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Only show image IDs' },
  ],
  words: { least: 0, most: 1 },
  run: async ({ flags, words, client, io }) => {
    const asked = flags.text('format') || undefined
    const digests = flags.on('digests') || namesField(asked, 'Digest')
    const reference = words[0] === undefined ? [] : [{ name: 'reference', value: words[0] }]
    const query = { all: flags.on('all'), digests, filters: filterQuery(flags, reference) }
    const found = answeredList<ImageSummary>(await client.json('GET', '/images/json', { query }))
    const rows = found.flatMap((image) => imageRows(image, { truncate: !flags.on('no-trunc'), now: io.now(), digests }))
    const columns: readonly string[] = flags.on('digests')
      ? IMAGE_COLUMNS.flatMap((column) => (column === 'Tag' ? [column, 'Digest'] : [column]))
      : IMAGE_COLUMNS
    await write(io.stdout, formatList(rows, { format: flags.on('quiet') ? '{{.ID}}' : asked, columns, headings: IMAGE_HEADINGS }))
    return 0
  },
}
