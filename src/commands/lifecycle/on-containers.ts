/** One act on all containers that were chosen and that it makes sense for. */
import type { Ask } from '../../ask/ask.ts'
import type { EngineClient } from '../../client/engine-client.ts'
import { statusOf } from '../../client/engine-problem.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { ContainerRow } from '../../model/rows.ts'
import { plainText } from '../../text/plain-text.ts'
import { chooseContainers } from '../choose.ts'
import { forEach } from '../each.ts'
import { type ContainerRef, containerRowOf } from '../refs.ts'
import type { Act } from './acts.ts'

export interface LifecycleParts {
  readonly ask: Ask
  readonly hosts: Hosts
  /** Shows in the view that work goes on. */
  readonly busy: <T>(work: () => Promise<T>) => Promise<T>
}

export interface Choice {
  /** What the menu was opened on, and what is selected with it. */
  readonly item: unknown
  readonly selected: unknown
  readonly title: string
  readonly isFor: (row: ContainerRow) => boolean
  readonly forNone: () => string
}

/** The containers to act on. None when the user left, or after it was said why. */
export async function chosenContainers(parts: LifecycleParts, { item, selected, title, isFor, forNone }: Choice) {
  const chosen = await chooseContainers(parts, item, selected, { title, eligible: isFor })
  if (chosen.refs.length === 0 && item !== undefined) parts.ask.tell(forNone())
  return chosen
}

/** Does it side by side, says what part of the choice it was for, and fails with the words of all that failed. Errors: EngineError, SomeFailed. */
export async function actOnContainers(parts: LifecycleParts, act: Act, item: unknown, selected: unknown): Promise<void> {
  const choice = { item, selected, title: act.title(), isFor: act.isFor, forNone: act.forNone }
  const { refs, asked } = await chosenContainers(parts, choice)
  if (refs.length === 0) return
  await parts.busy(() =>
    forEach(refs.map(named), ({ host, containerId }) => unlessDone(host.client, `${pathOf(containerId)}/${act.request}`)),
  )
  if (refs.length < asked) parts.ask.tell(act.partly(refs.length, asked))
}

/** A container with its name, for `forEach`. */
export function named(ref: ContainerRef): { readonly name: string; readonly value: ContainerRef } {
  return { name: nameOf(ref), value: ref }
}

/** The name of a container, fit to be shown; the start of its ID while nobody knows it. */
export function nameOf(ref: ContainerRef): string {
  return plainText(containerRowOf(ref)?.name ?? ref.containerId.slice(0, 12), 80)
}

/** The container's place in the API. */
export function pathOf(containerId: string): string {
  return `/containers/${encodeURIComponent(containerId)}`
}

// Somebody else was quicker: what was wanted is so. A stop takes as long as the container's own grace time.
async function unlessDone(client: EngineClient, path: string): Promise<void> {
  try {
    await client.tell('POST', path, { timeout: 0 })
  } catch (error) {
    if (statusOf(error) !== 304) throw error
  }
}
