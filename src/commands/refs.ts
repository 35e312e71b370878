/** What commands act on. Views hand in their rows, other commands plain objects, and anybody else anything. */
import type { Host } from '../hosts/host.ts'
import type { ContainerRow, ImageRow } from '../model/rows.ts'

export interface ContainerRef {
  readonly host: Host
  readonly containerId: string
}

export interface ImageRef {
  readonly host: Host
  readonly imageId: string
  /** The name that was clicked: an image may have several. */
  readonly tag?: string
}

export interface VolumeRef {
  readonly host: Host
  /** Its name. */
  readonly volume: string
}

export interface NetworkRef {
  readonly host: Host
  /** Names may be those of several. */
  readonly networkId: string
}

/** The host of an item that has one. */
export function hostOf(item: unknown): Host | undefined {
  const host = member(item, 'host')
  return isHost(host) ? host : undefined
}

/** The container that an item stands for. */
export function containerRefOf(item: unknown): ContainerRef | undefined {
  const host = hostOf(item)
  const containerId = text(item, 'containerId')
  return host === undefined || containerId === undefined ? undefined : { host, containerId }
}

/** The containers that an item stands for: one, or those of a group. */
export function containerRefsOf(item: unknown): readonly ContainerRef[] {
  const several = member(item, 'containers')
  if (Array.isArray(several)) return several.flatMap((each: unknown) => containerRefOf(each) ?? [])
  const one = containerRefOf(item)
  return one === undefined ? [] : [one]
}

/** The image that an item stands for. */
export function imageRefOf(item: unknown): ImageRef | undefined {
  const host = hostOf(item)
  const imageId = text(item, 'imageId')
  const tag = text(item, 'tag')
  return host === undefined || imageId === undefined ? undefined : { host, imageId, ...(tag === undefined ? {} : { tag }) }
}

/** The volume that an item stands for. */
export function volumeRefOf(item: unknown): VolumeRef | undefined {
  const host = hostOf(item)
  const volume = text(item, 'volume')
  return host === undefined || volume === undefined ? undefined : { host, volume }
}

/** The network that an item stands for. */
export function networkRefOf(item: unknown): NetworkRef | undefined {
  const host = hostOf(item)
  const networkId = text(item, 'networkId')
  return host === undefined || networkId === undefined ? undefined : { host, networkId }
}

/** The containers that are in a network of this name, running or not. */
export function networkUsers(host: Host, name: string): readonly ContainerRow[] {
  return [...host.model.containers.values()].filter(({ networks }) => networks.some((joined) => joined.name === name))
}

/** The containers that have a volume, running or not. */
export function volumeUsers({ host, volume }: VolumeRef): readonly ContainerRow[] {
  return [...host.model.containers.values()].filter(({ mounts }) =>
    mounts.some(({ type, source }) => type === 'volume' && source === volume),
  )
}

/** All that a menu was opened on: the selection when the item is part of it, otherwise the item. */
export function refsOf<T>(item: unknown, selected: unknown, read: (item: unknown) => T | readonly T[] | undefined): readonly T[] {
  const items: readonly unknown[] = Array.isArray(selected) && selected.includes(item) ? selected : item === undefined ? [] : [item]
  return items.flatMap((each) => read(each) ?? [])
}

/** What is known of a container. */
export function containerRowOf({ host, containerId }: ContainerRef): ContainerRow | undefined {
  return host.model.containers.get(containerId)
}

/** What is known of an image. */
export function imageRowOf({ host, imageId }: ImageRef): ImageRow | undefined {
  return host.model.images.find(({ id }) => id === imageId)
}

function isHost(value: unknown): value is Host {
  return typeof value === 'object' && value !== null && 'client' in value && 'model' in value
}

function member(item: unknown, name: string): unknown {
  return typeof item === 'object' && item !== null ? Reflect.get(item, name) : undefined
}

function text(item: unknown, name: string): string | undefined {
  const value = member(item, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}
