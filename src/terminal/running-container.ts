/** A container that is to have a terminal has to run first. */
import * as l10n from '@vscode/l10n'
import type { Ask } from '../ask/ask.ts'
import { EngineError } from '../client/engine-error.ts'
import type { ContainerRef } from '../commands/refs.ts'
import { plainText } from '../text/plain-text.ts'
import { type ContainerFacts, findContainer, startContainer, unpauseContainer } from './container-requests.ts'

/** What is known of a container. Errors: EngineError. */
export async function containerFacts({ host, containerId }: ContainerRef): Promise<ContainerFacts> {
  const facts = await findContainer(host.client, containerId)
  if (facts === undefined) throw new EngineError('no-such-container', l10n.t('this container has been removed'), { status: 404 })
  return facts
}

/** The container, running; started or resumed if the user agrees, and nothing if not. Errors: EngineError. */
export async function runningContainer(ask: Ask, ref: ContainerRef): Promise<ContainerFacts | undefined> {
  const facts = await containerFacts(ref)
  const { client } = ref.host
  const name = plainText(facts.name, 60)
  if (facts.isPaused) {
    if (!(await ask.offer(l10n.t('{0} is paused.', name), l10n.t('Resume It')))) return undefined
    await unpauseContainer(client, facts.id)
    return await containerFacts(ref)
  }
  if (facts.isRunning) return facts
  if (!(await offerStart(ask, facts))) return undefined
  await startContainer(client, facts.id)
  return await containerFacts(ref)
}

/** A container that does not run: whether it is to be started. */
export async function offerStart(ask: Ask, { name }: ContainerFacts): Promise<boolean> {
  return await ask.offer(l10n.t('{0} is not running.', plainText(name, 60)), l10n.t('Start It'))
}
