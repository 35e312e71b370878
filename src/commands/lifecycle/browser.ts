/** "Open in Browser" and "Copy Address". */
import * as l10n from '@vscode/l10n'
import { InWords } from '../../errors/in-words.ts'
import { chooseContainers } from '../choose.ts'
import { type ContainerRef, containerRefOf, containerRowOf } from '../refs.ts'
import { type Address, addressesOf, addressText, exposedSchema, fromHere } from './addresses.ts'
import { type LifecycleParts, nameOf, pathOf } from './on-containers.ts'
import type { probeScheme } from './probe-scheme.ts'

export interface BrowserParts extends LifecycleParts {
  readonly probe: typeof probeScheme
  /** Opens a URL of this machine for the user, wherever the editor's window is. */
  readonly openUrl: (url: string) => Promise<void>
  /** The URL under which the user reaches it. */
  readonly userUrl: (url: string) => Promise<string>
}

/** Opens a port of a container in the browser. Errors: InWords `no-port`, `port-silent`; EngineError. */
export async function openInBrowser(parts: BrowserParts, item: unknown): Promise<void> {
  const address = await chooseAddress(parts, item, l10n.t('Open in Browser'))
  if (address === undefined) return
  // Whatever it speaks, the user wants to see what a browser makes of it.
  const scheme = (await probed(parts, address)) ?? 'http'
  await parts.openUrl(`${scheme}://${addressText(address)}/`)
}

/** Copies the address of a port: a URL where it speaks HTTP. Errors: as `openInBrowser`. */
export async function copyAddress(parts: BrowserParts, item: unknown): Promise<void> {
  const address = await chooseAddress(parts, item, l10n.t('Copy Address'))
  if (address === undefined) return
  const text = addressText(address)
  const scheme = await probed(parts, address)
  await parts.ask.copy(scheme === undefined ? text : await parts.userUrl(`${scheme}://${text}/`))
}

async function probed({ probe }: BrowserParts, address: Address): ReturnType<typeof probeScheme> {
  try {
    return await probe(address)
  } catch (cause) {
    const sentence = l10n.t('Nothing answers at {0} yet. Its log says how far the program is.', addressText(address))
    throw new InWords('port-silent', sentence, { cause })
  }
}

async function chooseAddress(parts: BrowserParts, item: unknown, title: string): Promise<Address | undefined> {
  const eligible = ({ status }: { status: string }) => status === 'running'
  const [ref] = (await chooseContainers(parts, containerRefOf(item), undefined, { title, eligible })).refs
  if (ref === undefined) return undefined
  const addresses = await addressesFor(ref)
  if (addresses.length === 0) throw new InWords('no-port', noPortWords(ref))
  if (addresses.length === 1) return await fromHere(ref.host, addresses[0])
  const rows = addresses.map((address, index) => ({
    id: String(index),
    label: addressText(address),
    description: l10n.t('port {0} of the container', address.inside),
    icon: 'globe',
  }))
  const answer = await parts.ask.pick({ title, placeholder: l10n.t('Which port?'), rows })
  return answer.kind === 'picked' ? await fromHere(ref.host, addresses[Number(answer.id)]) : undefined
}

async function addressesFor(ref: ContainerRef): Promise<readonly Address[]> {
  const row = containerRowOf(ref)
  if (row === undefined) return []
  if (row.networkMode !== 'host') return addressesOf(row, [])
  const { Config: config } = await ref.host.client.ask('GET', `${pathOf(ref.containerId)}/json`, exposedSchema)
  return addressesOf(row, Object.keys(config.ExposedPorts ?? {}))
}

function noPortWords(ref: ContainerRef): string {
  return containerRowOf(ref)?.networkMode === 'host'
    ? l10n.t('“{0}” has this machine’s network, and its image does not say which port it listens on.', nameOf(ref))
    : l10n.t('“{0}” publishes no port. Edit and Recreate can publish one.', nameOf(ref))
}
