import type { PockerError } from '../../api/errors.ts'
import type { EndpointSettings } from '../../api/network.ts'
import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { confirm } from '../confirm.ts'
import { endpointAddresses } from '../create/endpoint-addresses.ts'
import { unlessEmpty, withoutUndefined } from '../create/without-undefined.ts'
import { harmless } from '../failure.ts'
import { splitOnce } from '../grammar/key-values.ts'
import { answeredObject } from '../http/answers.ts'
import { networkPath } from '../http/path.ts'
import { write } from '../io.ts'
import { forEach } from './each.ts'
import { filterQuery } from './filter-query.ts'

const WARNING = 'WARNING! This will remove all custom networks not used by at least one container.'

/** `pocker network connect` */
export const connect: Command = {
  usage: '[OPTIONS] NETWORK CONTAINER',
  flags: [
    { name: 'alias', kind: 'list', value: 'strings', help: 'Add a name for the container in the network' },
    { name: 'driver-opt', kind: 'list', value: 'strings', help: 'Driver options for the network' },
    { name: 'ip', kind: 'text', value: 'string', help: 'IPv4 address' },
    { name: 'ip6', kind: 'text', value: 'string', help: 'IPv6 address' },
    { name: 'link', kind: 'list', value: 'list', help: 'Add a link to another container' },
    { name: 'link-local-ip', kind: 'list', value: 'strings', help: 'Link-local addresses for the container' },
  ],
  words: { least: 2, most: 2 },
  run: async ({ words: [network = '', container = ''], flags, client }) => {
    const options = flags.list('driver-opt').map((text) => splitOnce(text, '='))
    const EndpointConfig: EndpointSettings = withoutUndefined({
      Aliases: unlessEmpty(flags.list('alias')),
      Links: unlessEmpty(flags.list('link')),
      IPAMConfig: endpointAddresses(flags),
      DriverOpts: options.length === 0 ? undefined : Object.fromEntries(options),
    })
    await client.text('POST', networkPath(network, 'connect'), { body: { Container: container, EndpointConfig } })
    return 0
  },
}

/** `pocker network disconnect` */
export const disconnect: Command = {
  usage: '[OPTIONS] NETWORK CONTAINER',
  flags: [{ name: 'force', short: 'f', kind: 'switch', help: 'Let it be when the container is not in the network' }],
  words: { least: 2, most: 2 },
  run: async ({ words: [network = '', container = ''], flags, client }) => {
    await client.text('POST', networkPath(network, 'disconnect'), { body: { Container: container, Force: flags.on('force') } })
    return 0
  },
}

/** `pocker network rm` */
export const networkRm: Command = {
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  flags: [{ name: 'force', short: 'f', kind: 'switch', help: 'Let it be when a network is not there' }],
  words: { least: 1, most: ANY },
  run: (context) =>
    forEach(
      context,
      (name) => context.client.text('DELETE', networkPath(name)),
      (error: PockerError) => context.flags.on('force') && error.kind === 'NotFound',
    ),
}

/** `pocker network prune` */
export const networkPrune: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'filter', kind: 'list', value: 'filter', help: 'Only networks of these filters (until=, label=)' },
    { name: 'force', short: 'f', kind: 'switch', help: 'Do not prompt for confirmation' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const filters = filterQuery(flags)
    if (!flags.on('force')) await confirm(io, WARNING, 'network prune')
    const answer = await client.json('POST', '/networks/prune', { query: { filters } })
    const deleted = answeredObject<{ NetworksDeleted: string[] | null }>(answer).NetworksDeleted ?? []
    if (deleted.length > 0) await write(io.stdout, `Deleted Networks:\n${deleted.map((name) => `${harmless(name)}\n`).join('')}\n`)
    return 0
  },
}
