/** What the flows of networks need, and which networks a command is for. */
import * as l10n from '@vscode/l10n'
import type { Ask } from '../../ask/ask.ts'
import type { ReadOnlyDocuments } from '../../documents/read-only-documents.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { NetworkLists } from '../../model/network-lists.ts'
import type { NetworkRow } from '../../model/rows.ts'
import type { Page } from '../../page/page.ts'
import { plainText } from '../../text/plain-text.ts'
import { type NetworkRef, networkRefOf, networkUsers, refsOf } from '../refs.ts'

export interface NetworkParts {
  readonly ask: Ask
  readonly hosts: Hosts
  readonly lists: NetworkLists
  readonly documents: Pick<ReadOnlyDocuments, 'show'>
  /** Opens a tab, or shows the one of this key anew. */
  readonly showPage: (key: string, page: Page) => unknown
  /** Shows in the view that work goes on. */
  readonly busy: <T>(work: () => Promise<T>) => Promise<T>
}

/** A network that a flow acts on, as it was listed. */
export interface ChosenNetwork extends NetworkRef {
  readonly row: NetworkRow
}

export interface ChooseNetworks {
  readonly title: string
  /** What the act makes sense for. */
  readonly isFor?: (row: NetworkRow) => boolean
}

/** The network's place in the API. */
export function networkPath({ networkId }: Pick<NetworkRef, 'networkId'>): string {
  return `/networks/${encodeURIComponent(networkId)}`
}

/** The networks of a menu's item and selection, or one that is chosen from a list. None when the user left. Errors: EngineError. */
export async function chooseNetworks(
  parts: NetworkParts,
  item: unknown,
  selected: unknown,
  { title, isFor = () => true }: ChooseNetworks,
): Promise<readonly ChosenNetwork[]> {
  const given = refsOf(item, selected, networkRefOf)
  if (given.length > 0) return await Promise.all(given.map((ref) => listed(parts, ref)))
  const ready = (await parts.hosts.settled()).filter(({ state }) => state.kind === 'ready')
  const lists = await Promise.all(
    ready.map(async (host) => (await parts.lists.read(host)).map((row) => ({ host, networkId: row.id, row }))),
  )
  return await chooseNetwork(
    parts.ask,
    lists.flat().filter(({ row }) => isFor(row)),
    { title, namesHost: ready.length > 1 },
  )
}

/** One of these. None when the user left. */
export async function chooseNetwork(
  ask: Ask,
  known: readonly ChosenNetwork[],
  { title, namesHost }: { readonly title: string; readonly namesHost: boolean },
): Promise<readonly ChosenNetwork[]> {
  const rows = known.map(({ host, row }, index) => {
    const users = networkUsers(host, row.name).map(({ name }) => plainText(name, 40))
    const words = [
      ...(namesHost ? [plainText(host.label)] : []),
      ...row.subnets.map((subnet) => plainText(subnet, 50)),
      ...(users.length === 0 ? [] : [l10n.t('in use by {0}', users.join(', '))]),
    ]
    return { id: String(index), icon: 'type-hierarchy', label: plainText(row.name), description: words.join(' · ') }
  })
  const none = { id: 'none', icon: 'info', label: l10n.t('There are no networks that this can be done with.') }
  const answer = await ask.pick({ title, placeholder: l10n.t('Which network?'), rows: rows.length === 0 ? [none] : rows })
  const chosen = answer.kind === 'picked' ? known[Number(answer.id)] : undefined
  return chosen === undefined ? [] : [chosen]
}

async function listed({ lists }: NetworkParts, { host, networkId }: NetworkRef): Promise<ChosenNetwork> {
  const find = (rows: readonly NetworkRow[]) => rows.find(({ id }) => id === networkId)
  // One that went meanwhile: the engine says so.
  const row = find(lists.known(host)) ?? find(await lists.read(host)) ?? goneRow(networkId)
  return { host, networkId, row }
}

function goneRow(id: string): NetworkRow {
  return { id, name: id.slice(0, 12), driver: 'bridge', subnets: [], isInternal: false, isPredefined: false, labels: {}, options: {} }
}
