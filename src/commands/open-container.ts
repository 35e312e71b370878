/** What a double click or Enter on a container does. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import type { Ask } from '../ask/ask.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { chooseContainers } from './choose.ts'
import type { Door } from './door.ts'
import { type ContainerRef, containerRefOf, containerRowOf } from './refs.ts'

export interface OpenParts {
  readonly ask: Ask
  readonly hosts: Hosts
  readonly door: Door
  /** Whether a click is to open the row. */
  readonly opens: (row: unknown) => boolean
  readonly execute: (command: string, item: unknown) => PromiseLike<unknown>
}

const terminalSchema = z.object({ Config: z.object({ Tty: z.boolean().nullish(), OpenStdin: z.boolean().nullish() }) })

/** Registers `pocker.containers.open`, and what a click of a row runs. */
export function registerOpenContainer(context: { readonly subscriptions: { dispose(): unknown }[] }, parts: OpenParts): void {
  const { door, execute } = parts
  const open = async (item: unknown) => {
    const [ref] = (await chooseContainers(parts, containerRefOf(item), undefined, { title: l10n.t('Open') })).refs
    if (ref !== undefined) await execute(await commandFor(ref), { host: ref.host, containerId: ref.containerId })
  }
  context.subscriptions.push(
    door.register('pocker.containers.open', open),
    door.register('pocker.containers.click', async (item) => {
      if (parts.opens(item)) await open(item)
    }),
  )
}

/** Its terminal where somebody types there, else a shell in it, the one that is open if there is one; of one that has ended what it has said. */
async function commandFor(ref: ContainerRef): Promise<string> {
  const status = containerRowOf(ref)?.status
  if (status !== 'running' && status !== 'paused') return 'pocker.containers.logs'
  const path = `/containers/${encodeURIComponent(ref.containerId)}/json`
  const { Config: config } = await ref.host.client.ask('GET', path, terminalSchema)
  return config.Tty === true && config.OpenStdin === true ? 'pocker.containers.attach' : 'pocker.containers.focusTerminal'
}
