/** A network as a page: its addresses, and who has which. */
import * as l10n from '@vscode/l10n'
import type { z } from 'zod'
import { isLive } from '../../model/container-state.ts'
import type { networkSchema } from '../../model/network-row.ts'
import type { ContainerRow } from '../../model/rows.ts'
import type { Fact, Page } from '../../page/page.ts'
import { momentText } from '../../text/moment.ts'
import { plainText } from '../../text/plain-text.ts'

export interface NetworkPageFacts {
  readonly host: string
  /** The containers in it, running or not. */
  readonly users: readonly ContainerRow[]
}

/** The page of a network. */
export function networkPage(network: z.infer<typeof networkSchema>, { host, users }: NetworkPageFacts): Page {
  const table = (map: Readonly<Record<string, string>> | null | undefined) =>
    Object.entries(map ?? {}).map(([name, value]) => [plainText(name, 1000), plainText(value, 4000)])
  const [options, labels] = [table(network.Options), table(network.Labels)]
  const columns = [l10n.t('Name'), l10n.t('Value')]
  const pools = network.IPAM?.Config ?? []
  const all = (read: (pool: (typeof pools)[number]) => string | null | undefined) => pools.flatMap((pool) => read(pool) || []).join(', ')
  const members = users.map((row) => {
    const { id, name } = row
    const its = Object.entries(network.Containers ?? {}).find(([key]) => key === id)?.[1]
    const address = its?.IPv4Address ?? (isLive(row) ? '' : l10n.t('does not run'))
    return [name, address, its?.IPv6Address ?? '', its?.MacAddress ?? ''].map((text) => plainText(text, 200))
  })
  return {
    title: plainText(network.Name),
    subtitle: l10n.t('network on {0}', plainText(host)),
    sections: [
      {
        heading: l10n.t('Network'),
        content: {
          kind: 'facts',
          facts: [
            ...fact(l10n.t('Driver'), network.Driver),
            ...fact(
              l10n.t('Subnet'),
              all(({ Subnet }) => Subnet),
            ),
            ...fact(
              l10n.t('Gateway'),
              all(({ Gateway }) => Gateway),
            ),
            ...fact(
              l10n.t('Addresses from'),
              all(({ IPRange }) => IPRange),
            ),
            ...fact(l10n.t('Reaches'), network.Internal === true ? l10n.t('only what is in it') : l10n.t('what this machine reaches')),
            ...fact('IPv6', network.EnableIPv6 === true ? l10n.t('yes') : l10n.t('no')),
            ...fact(l10n.t('Created'), momentText(network.Created)),
            ...fact(l10n.t('ID'), network.Id),
          ],
        },
      },
      members.length === 0
        ? { heading: l10n.t('Used by'), content: { kind: 'text', text: l10n.t('No container is in it.') } }
        : {
            heading: l10n.t('Used by'),
            content: { kind: 'table', columns: [l10n.t('Container'), 'IPv4', 'IPv6', 'MAC'], rows: members },
          },
      ...(options.length === 0 ? [] : [{ heading: l10n.t('Options'), content: { kind: 'table' as const, columns, rows: options } }]),
      ...(labels.length === 0 ? [] : [{ heading: l10n.t('Labels'), content: { kind: 'table' as const, columns, rows: labels } }]),
    ],
  }
}

function fact(name: string, value: string | null | undefined): readonly Fact[] {
  return value === undefined || value === null || value === '' ? [] : [{ name, value: plainText(value, 4000) }]
}
