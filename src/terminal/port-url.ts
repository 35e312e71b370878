import * as l10n from '@vscode/l10n'
import { addressesOf, addressText, fromHere } from '../commands/lifecycle/addresses.ts'
import { type ContainerRef, containerRowOf } from '../commands/refs.ts'
import { InWords } from '../errors/in-words.ts'
import { plainText } from '../text/plain-text.ts'

export interface PortLink {
  /** The container's. */
  readonly port: number
  readonly scheme: string
  readonly path: string
}

/** Where this machine reaches what a container says that it listens on. Errors: InWords `no-port`; of the way to another machine. */
export async function portUrl(ref: ContainerRef, { port, scheme, path }: PortLink): Promise<string> {
  const row = containerRowOf(ref)
  const address = row === undefined ? undefined : addressesOf(row, [`${port}/tcp`]).find(({ inside }) => inside === port)
  if (address !== undefined) return `${scheme}://${addressText(await fromHere(ref.host, address))}${path}`
  const name = plainText(row?.name ?? ref.containerId.slice(0, 12), 60)
  throw new InWords('no-port', l10n.t('“{0}” does not publish port {1}. Edit and Recreate can publish it.', name, port))
}
