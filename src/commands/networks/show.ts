/** Networks to look at, and to copy. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import { networkSchema } from '../../model/network-row.ts'
import { networkPage } from '../../observe/inspect/network-page.ts'
import { plainText } from '../../text/plain-text.ts'
import { networkUsers } from '../refs.ts'
import { chooseNetworks, type NetworkParts, networkPath } from './network-parts.ts'

/** As a page. Errors: EngineError. */
export async function inspectFlow(parts: NetworkParts, item: unknown, selected: unknown): Promise<void> {
  for (const network of await chooseNetworks(parts, item, selected, { title: l10n.t('Inspect') })) {
    const { host, networkId, row } = network
    const answer = await host.client.ask('GET', networkPath(network), networkSchema)
    parts.showPage(`network ${host.id} ${networkId}`, networkPage(answer, { host: host.label, users: networkUsers(host, row.name) }))
  }
}

/** As the engine says it. Errors: EngineError. */
export async function inspectJsonFlow(parts: NetworkParts, item: unknown, selected: unknown): Promise<void> {
  for (const network of await chooseNetworks(parts, item, selected, { title: l10n.t('Inspect as JSON') })) {
    const answer = await network.host.client.ask('GET', networkPath(network), z.unknown())
    await parts.documents.show({ name: `${plainText(network.row.name, 80)}.json`, text: JSON.stringify(answer, undefined, 2) })
  }
}

/** Their names, one on a line. */
export async function copyNames(parts: NetworkParts, item: unknown, selected: unknown): Promise<void> {
  const networks = await chooseNetworks(parts, item, selected, { title: l10n.t('Copy Name') })
  if (networks.length > 0) await parts.ask.copy(networks.map(({ row }) => row.name).join('\n'))
}

/** Their IDs, one on a line. */
export async function copyIds(parts: NetworkParts, item: unknown, selected: unknown): Promise<void> {
  const networks = await chooseNetworks(parts, item, selected, { title: l10n.t('Copy ID') })
  if (networks.length > 0) await parts.ask.copy(networks.map(({ networkId }) => networkId).join('\n'))
}
