/** Which containers or images a command is for: what a menu was opened on, or what the user chooses. */
import * as l10n from '@vscode/l10n'
import type { Ask, PickHeading, PickRow } from '../ask/ask.ts'
import type { Host } from '../hosts/host.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { ContainerRow, ImageRow } from '../model/rows.ts'
import { plainText } from '../text/plain-text.ts'
import { type ContainerRef, containerRefsOf, containerRowOf, hostOf, type ImageRef, imageRefOf, refsOf } from './refs.ts'

export interface ChooseParts {
  readonly ask: Ask
  readonly hosts: Hosts
}

export interface ChooseOptions {
  /** Names the act: `Stop`. */
  readonly title: string
  /** It asks nothing of an engine, such as copying a name: none is started for it. */
  readonly withoutEngine?: boolean
}

export interface ChooseContainers extends ChooseOptions {
  /** What the act makes sense for; one that is not known yet is tried. */
  readonly eligible?: (row: ContainerRow, host: Host) => boolean
}

export interface Chosen<T> {
  /** Those that the act makes sense for. */
  readonly refs: readonly T[]
  /** How many were asked for. */
  readonly asked: number
}

/**
 * The containers of a menu's item and selection, or one that is chosen from a list. None when the user left. Their engine is started where
 * it can be. Errors: those of `Host.wake`.
 */
export async function chooseContainers(
  { ask, hosts }: ChooseParts,
  item: unknown,
  selected: unknown,
  { title, withoutEngine, eligible = () => true }: ChooseContainers,
): Promise<Chosen<ContainerRef>> {
  const isEligible = (ref: ContainerRef) => {
    const row = containerRowOf(ref)
    return row === undefined || eligible(row, ref.host)
  }
  const given = distinct(refsOf(item, selected, containerRefsOf))
  if (given.length > 0) {
    if (withoutEngine !== true) await wakeHosts(given)
    return { refs: given.filter(isEligible), asked: given.length }
  }
  const known = (await hosts.known()).flatMap((host) =>
    [...host.model.containers.values()].map((row) => ({ ref: { host, containerId: row.id }, row })),
  )
  const fitting = known.filter(({ ref }) => isEligible(ref))
  const rows = fitting.map(({ ref, row }, index) => ({
    id: String(index),
    icon: 'package',
    label: plainText(row.name),
    description: plainText(hosts.all.length > 1 ? `${row.image} · ${ref.host.label}` : row.image),
  }))
  const ref = await chooseOne(ask, { title, placeholder: l10n.t('Which container?'), rows, refs: fitting.map(({ ref: its }) => its) })
  return { refs: ref === undefined ? [] : [ref], asked: 1 }
}

/** As `chooseContainers`, for images. */
export async function chooseImages(
  { ask, hosts }: ChooseParts,
  item: unknown,
  selected: unknown,
  { title, withoutEngine }: ChooseOptions,
): Promise<Chosen<ImageRef>> {
  const given = refsOf(item, selected, imageRefOf)
  if (given.length > 0) {
    if (withoutEngine !== true) await wakeHosts(given)
    return { refs: given, asked: given.length }
  }
  const known = (await hosts.known()).flatMap((host) => host.model.images.flatMap((row) => namesOf(row).map((tag) => ({ host, row, tag }))))
  const rows = known.map(({ host, row, tag }, index) => ({
    id: String(index),
    icon: 'file-zip',
    label: plainText(tag ?? row.id.replace('sha256:', '').slice(0, 12)),
    description: hosts.all.length > 1 ? plainText(host.label) : '',
  }))
  const refs = known.map(({ host, row, tag }) => ({ host, imageId: row.id, ...(tag === undefined ? {} : { tag }) }))
  const ref = await chooseOne(ask, { title, placeholder: l10n.t('Which image?'), rows, refs })
  return { refs: ref === undefined ? [] : [ref], asked: 1 }
}

/** The host of an item, or one that is chosen of those that are ready. */
export async function chooseHost(
  { ask, hosts }: ChooseParts,
  item: unknown,
  { title, withoutEngine }: ChooseOptions,
): Promise<Host | undefined> {
  const given = hostOf(item)
  if (given !== undefined) {
    if (withoutEngine !== true) await wakeHosts([{ host: given }])
    return given
  }
  const ready = (await hosts.settled()).filter(({ state }) => state.kind === 'ready')
  if (ready.length === 1) return ready[0]
  const rows = ready.map(({ label }, index) => ({ id: String(index), icon: 'server', label: plainText(label) }))
  return await chooseOne(ask, { title, placeholder: l10n.t('On which host?'), rows, refs: ready })
}

/** What is done there goes by what the engine is and says, so it has to be there before. */
async function wakeHosts(refs: readonly { readonly host: Host }[]): Promise<void> {
  const stopped = new Set(refs.map(({ host }) => host).filter(({ state }) => state.kind === 'stopped'))
  for (const host of stopped) await host.wake?.()
}

interface Choosing<T> {
  readonly title: string
  readonly placeholder: string
  readonly rows: readonly (PickRow | PickHeading)[]
  readonly refs: readonly T[]
}

async function chooseOne<T>(ask: Ask, { title, placeholder, rows, refs }: Choosing<T>): Promise<T | undefined> {
  const none = { id: 'none', icon: 'info', label: l10n.t('There is none that this can be done with.') }
  const answer = await ask.pick({ title, placeholder, rows: rows.length === 0 ? [none] : rows })
  return answer.kind === 'picked' ? refs[Number(answer.id)] : undefined
}

/** A group may be selected together with what is in it. */
function distinct(refs: readonly ContainerRef[]): readonly ContainerRef[] {
  const known = new Map<Host, Set<string>>()
  return refs.filter(({ host, containerId }) => {
    const ids = known.get(host) ?? new Set()
    known.set(host, ids)
    return ids.size < ids.add(containerId).size
  })
}

function namesOf({ tags }: ImageRow): readonly (string | undefined)[] {
  return tags.length === 0 ? [undefined] : tags
}
