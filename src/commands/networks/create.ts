import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import { problemOf } from '../../text/checked.ts'
import { chooseHost } from '../choose.ts'
import type { NetworkParts } from './network-parts.ts'
import { parseSubnets } from './subnet.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

/** Asks for a name, a subnet and what is special about it, and makes the network. Errors: EngineError. */
export async function createFlow({ ask, hosts, lists, busy }: NetworkParts, item: unknown): Promise<void> {
  const title = l10n.t('Create Network')
  const host = await chooseHost({ ask, hosts }, item, { title })
  if (host === undefined) return
  const known = await lists.read(host)
  const nameProblem = (text: string) => {
    if (known.some(({ name }) => name === text)) return l10n.t('There is a network “{0}” already.', text)
    return NAME.test(text) ? undefined : l10n.t('A name is letters, digits and _ . - and begins with a letter or digit.')
  }
  const prompt = l10n.t('The network’s name. Containers in it find each other by theirs.')
  const name = await ask.input({ title, prompt, placeholder: 'shop', value: '', check: nameProblem })
  if (name === undefined) return
  const text = await ask.input({
    title,
    prompt: l10n.t('Its subnet. Empty: one that is free is chosen.'),
    placeholder: '10.5.0.0/16',
    value: '',
    check: (line) => problemOf(parseSubnets(line, known)),
  })
  if (text === undefined) return
  const read = parseSubnets(text, known)
  if ('problem' in read) return
  const subnets = read.value
  const hasIpv6 = subnets.some(({ family }) => family === 'ipv6')
  const chosen = await ask.pickMany({
    title,
    placeholder: l10n.t('Tick what it is to be, and press Enter'),
    rows: [
      {
        id: 'internal',
        icon: 'lock',
        label: l10n.t('Internal'),
        description: l10n.t('its containers reach each other, and nothing outside'),
      },
      { id: 'ipv6', icon: 'globe', label: l10n.t('IPv6'), description: l10n.t('its containers have IPv6 addresses, too') },
    ],
    ...(hasIpv6 ? { picked: ['ipv6'] } : {}),
  })
  if (chosen === undefined) return
  const body = {
    Name: name,
    Driver: 'bridge',
    // Engines before Docker 25 make a second one of the name otherwise.
    CheckDuplicate: true,
    ...(chosen.includes('internal') ? { Internal: true } : {}),
    ...(hasIpv6 || chosen.includes('ipv6') ? { EnableIPv6: true } : {}),
    ...(subnets.length === 0 ? {} : { IPAM: { Driver: 'default', Config: subnets.map((subnet) => ({ Subnet: subnet.text })) } }),
  }
  await busy(() => host.client.ask('POST', '/networks/create', z.unknown(), { body }))
  lists.stale(host)
}
