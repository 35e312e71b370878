import type { ContainerSummary } from '../../api/container.ts'
import type { Command } from '../command.ts'
import { CONTAINER_COLUMNS, CONTAINER_HEADINGS, containerRow } from '../format/container-row.ts'
import { formatList, namesField } from '../format/list.ts'
import { parseInteger } from '../grammar/number.ts'
import { answeredList } from '../http/answers.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

/** `pocker ps` */
export const ps: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'all', short: 'a', kind: 'switch', help: 'Show all containers (default shows just running)' },
    { name: 'filter', short: 'f', kind: 'list', value: 'filter', help: 'Filter output based on conditions provided' },
    { name: 'format', kind: 'text', value: 'string', help: "'table', 'table TEMPLATE', 'json', or a Go template" },
    { name: 'last', short: 'n', kind: 'text', value: 'int', help: 'Show n last created containers (includes all states)' },
    { name: 'latest', short: 'l', kind: 'switch', help: 'Show the latest created container (includes all states)' },
    { name: 'no-trunc', kind: 'switch', help: "Don't truncate output" },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Only display container IDs' },
    { name: 'size', short: 's', kind: 'switch', help: 'Display total file sizes' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const quiet = flags.on('quiet')
    const asked = flags.text('format') || undefined
    const last = flags.on('latest') ? 1 : (flags.parsed('last', parseInteger) ?? -1)
    const size = flags.on('size') || namesField(asked, 'Size')
    const filters = filterQuery(flags)
    const query = { all: flags.on('all') || last > 0, limit: last > 0 ? last : undefined, size: size && !quiet, filters }
    const containers = answeredList<ContainerSummary>(await client.json('GET', '/containers/json', { query }))
    const rows = containers.map((container) => containerRow(container, { truncate: !flags.on('no-trunc'), now: io.now() }))
    const columns = flags.on('size') ? [...CONTAINER_COLUMNS, 'Size'] : CONTAINER_COLUMNS
    await write(io.stdout, formatList(rows, { format: quiet ? '{{.ID}}' : asked, columns, headings: CONTAINER_HEADINGS }))
    return 0
  },
}
