import type { ImageHistoryEntry } from '../../api/image.ts'
import type { Command } from '../command.ts'
import { HISTORY_COLUMNS, HISTORY_HEADINGS, historyRow } from '../format/history-row.ts'
import { formatList } from '../format/list.ts'
import { answeredList } from '../http/answers.ts'
import { imagePath } from '../http/path.ts'
import { write } from '../io.ts'

/** `pocker history` */
export const history: Command = {
  usage: '[OPTIONS] IMAGE',
  flags: [
    { name: 'format', kind: 'text', value: 'string', help: "'table', 'table TEMPLATE', 'json', or a Go template" },
    { name: 'human', short: 'H', kind: 'switch', initially: true, help: 'Print sizes and dates in human readable format' },
    { name: 'no-trunc', kind: 'switch', help: "Don't truncate output" },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Only show image IDs' },
  ],
  words: { least: 1, most: 1 },
  run: async ({ flags, words, client, io }) => {
    const human = flags.on('human')
    const entries = answeredList<ImageHistoryEntry>(await client.json('GET', imagePath(words[0] ?? '', 'history')))
    const rows = entries.map((entry) => historyRow(entry, { truncate: !flags.on('no-trunc'), human, now: io.now() }))
    const columns = human ? HISTORY_COLUMNS : HISTORY_COLUMNS.map((column) => (column === 'CreatedSince' ? 'CreatedAt' : column))
    // As in Docker, -q means the table: with a format of one's own it means nothing.
    const asked = flags.text('format') || undefined
    const format = flags.on('quiet') && (asked ?? 'table') === 'table' ? '{{.ID}}' : asked
    await write(io.stdout, formatList(rows, { format, columns, headings: HISTORY_HEADINGS }))
    return 0
  },
}
