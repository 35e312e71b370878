import type { IpamConfig, NetworkCreateRequest } from '../../api/network.ts'
import type { Command } from '../command.ts'
import { unlessEmpty, withoutUndefined } from '../create/without-undefined.ts'
import type { Flags } from '../flags.ts'
import { parseAddress } from '../grammar/host.ts'
import { invalid } from '../grammar/invalid.ts'
import { parseLabel, splitOnce, toRecord } from '../grammar/key-values.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'

/** `pocker network create` */
export const networkCreate: Command = {
  usage: '[OPTIONS] NETWORK',
  flags: [
    { name: 'attachable', kind: 'switch', help: 'Enable manual container attachment' },
    { name: 'aux-address', kind: 'list', value: 'map', help: 'Addresses that others than containers have (name=address)' },
    { name: 'driver', short: 'd', kind: 'text', value: 'string', help: 'Driver to manage the network (default bridge)' },
    { name: 'gateway', kind: 'list', value: 'strings', help: "The network's own address in a subnet" },
    { name: 'internal', kind: 'switch', help: 'Restrict access from and to the outside' },
    { name: 'ip-range', kind: 'list', value: 'strings', help: 'Give out addresses of a part of a subnet' },
    { name: 'ipam-driver', kind: 'text', value: 'string', help: 'IP address management driver', hidden: true },
    { name: 'ipam-opt', kind: 'list', value: 'map', help: 'Options of the IPAM driver', hidden: true },
    { name: 'ipv6', kind: 'switch', help: 'Enable IPv6' },
    { name: 'label', kind: 'list', value: 'list', help: 'Set metadata on the network' },
    { name: 'opt', short: 'o', kind: 'list', value: 'map', help: 'Set driver options' },
    { name: 'subnet', kind: 'list', value: 'strings', help: 'Subnet such as 10.5.0.0/16' },
  ],
  words: { least: 1, most: 1 },
  run: async ({ words: [name = ''], flags, client, io }) => {
    const answer = await client.json('POST', '/networks/create', { body: createBody(name, flags) })
    await write(io.stdout, `${answeredObject<{ Id: string }>(answer).Id}\n`)
    return 0
  },
}

function createBody(name: string, flags: Flags): NetworkCreateRequest {
  return {
    Name: name,
    Driver: flags.text('driver') ?? 'bridge',
    ...withoutUndefined({
      Attachable: flags.on('attachable') || undefined,
      Internal: flags.on('internal') || undefined,
      EnableIPv6: flags.on('ipv6') || undefined,
      IPAM: { Driver: flags.text('ipam-driver') ?? 'default', ...withoutUndefined({ Config: unlessEmpty(subnets(flags)) }) },
      Options: flags.has('opt') ? Object.fromEntries(flags.list('opt').map((text) => splitOnce(text, '='))) : undefined,
      Labels: flags.has('label') ? toRecord(flags.parsedList('label', parseLabel)) : undefined,
    }),
  }
}

/** Ranges, gateways and other addresses go with the subnet of their family, in the order in which they are given. */
function subnets(flags: Flags): IpamConfig[] {
  const configs = flags.list('subnet').map((Subnet): IpamConfig => ({ Subnet }))
  const take = (flag: string, address: string, set: (config: IpamConfig) => boolean) => {
    const isV6 = address.includes(':')
    const found = configs.some((config) => config.Subnet?.includes(':') === isV6 && set(config))
    if (!found) throw invalid('invalid-network', `--${flag} ${address} is of no subnet that is given`)
  }
  for (const range of flags.list('ip-range')) {
    take('ip-range', range, (config) => {
      if (config.IPRange !== undefined) return false
      config.IPRange = range
      return true
    })
  }
  for (const gateway of flags.parsedList('gateway', parseAddress)) {
    take('gateway', gateway, (config) => {
      if (config.Gateway !== undefined) return false
      config.Gateway = gateway
      return true
    })
  }
  for (const text of flags.list('aux-address')) {
    const [name, address] = splitOnce(text, '=')
    take('aux-address', address, (config) => {
      config.AuxiliaryAddresses = { ...config.AuxiliaryAddresses, [name]: address }
      return true
    })
  }
  return configs
}
