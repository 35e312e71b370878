import type { NetworkInspect } from '../../api/network.ts'
import type { Command } from '../command.ts'
import { formatList, type Row } from '../format/list.ts'
import { shortId } from '../format/short-id.ts'
import { answeredList } from '../http/answers.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

const COLUMNS = ['ID', 'Name', 'Driver', 'Scope']

const HEADINGS: Row = {
  ID: 'NETWORK ID',
  Name: 'NAME',
  Driver: 'DRIVER',
  Scope: 'SCOPE',
  CreatedAt: 'CREATED AT',
  IPv6: 'IPV6',
  Internal: 'INTERNAL',
  Labels: 'LABELS',
  Label: (name) => name,
}

/** `pocker network ls` */
export const networks: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'filter', short: 'f', kind: 'list', value: 'filter', help: 'Filter output based on conditions provided' },
    { name: 'format', kind: 'text', value: 'string', help: "'table', 'table TEMPLATE', 'json', or a Go template" },
    { name: 'no-trunc', kind: 'switch', help: "Don't truncate output" },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Only show network IDs' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const found = answeredList<NetworkInspect>(await client.json('GET', '/networks', { query: { filters: filterQuery(flags) } }))
    const sorted = found.toSorted((left, right) => (left.Name < right.Name ? -1 : Number(left.Name > right.Name)))
    const rows = sorted.map((network) => networkRow(network, { truncate: !flags.on('no-trunc') }))
    const format = flags.on('quiet') ? '{{.ID}}' : flags.text('format') || undefined
    await write(io.stdout, formatList(rows, { format, columns: COLUMNS, headings: HEADINGS }))
    return 0
  },
}

function networkRow(network: NetworkInspect, { truncate }: { truncate: boolean }): Row {
  const labels = network.Labels ?? {}
  return {
    ID: truncate ? shortId(network.Id) : network.Id,
    Name: network.Name,
    Driver: network.Driver,
    Scope: network.Scope,
    CreatedAt: network.Created,
    IPv6: String(network.EnableIPv6),
    Internal: String(network.Internal),
    Labels: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(','),
    Label: (name) => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''),
  }
}
