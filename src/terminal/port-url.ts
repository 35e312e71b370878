import * as l10n from '@vscode/l10n'
import { addressesOf, addressText } from '../commands/lifecycle/addresses.ts'
import { type ContainerRef, containerRowOf } from '../commands/refs.ts'
import { InWords } from '../errors/in-words.ts'
import { plainText } from '../text/plain-text.ts'

export interface PortLink {
  /** The container's. */
  readonly port: number
  readonly scheme: string
  readonly path: string
}

/** Where this machine reaches what a container says that it listens on. Errors: InWords `other-machine`, `no-port`. */
export function portUrl(ref: ContainerRef, { port, scheme, path }: PortLink): string {
  if (ref.host.kind === 'ssh') throw new InWords('other-machine', l10n.t('Ports of another machine cannot be reached from here yet.'))
  const row = containerRowOf(ref)
  const address = row === undefined ? undefined : addressesOf(row, [`${port}/tcp`]).find(({ inside }) => inside === port)
  if (address !== undefined) return `${scheme}://${addressText(address)}${path}`
  const name = plainText(row?.name ?? ref.containerId.slice(0, 12), 60)
  throw new InWords('no-port', l10n.t('“{0}” does not publish port {1}. Edit and Recreate can publish it.', name, port))
}
