/** Removing images and their names, by dockerd's rules (`daemon/images/image_delete.go`). */
import { PockerError } from '../api/errors.ts'
import { chainIds } from './chain-ids.ts'
import type { ImageContext, ImageUse } from './context.ts'
import { findImage } from './find-image.ts'
import { collectGarbage, partsOf } from './garbage.ts'
import { HOST_IMAGE_TAG } from './host-image.ts'
import { tellImage } from './image-events.ts'
import { type ImageReference, imageReferences, isSingleReference, withoutReferences } from './image-references.ts'
import type { ImageRecord } from './records.ts'
import { hostStays } from './tag-image.ts'

export interface RemovedPart {
  readonly Untagged?: string
  readonly Deleted?: string
}

export interface Removal {
  readonly removed: RemovedPart[]
  /** Bytes. */
  readonly reclaimed: number
}

/**
 * Takes a name away, and with the last one the image; by ID the image with its one name, or with all of them by force. What other
 * images, containers and work that goes on need stays. Folders of the user's stay.
 * Errors: Conflict `image-in-use`, `image-has-names`, `host-image-stays`; those of `findImage`.
 */
export function removeImage(context: ImageContext, name: string, { force }: { readonly force: boolean }): Removal {
  const { record, reference } = findImage(context.records.list(), name)
  if (record.origin === 'host' && (reference === undefined || reference.stored === HOST_IMAGE_TAG))
    throw hostStays(`remove image '${name}'`)
  return reference === undefined
    ? removeById(context, record, { name, force })
    : removeReference(context, record, { name, force, reference })
}

interface Asked {
  readonly name: string
  readonly force: boolean
}

function removeReference(context: ImageContext, record: ImageRecord, asked: Asked & { readonly reference: ImageReference }): Removal {
  const { name, force, reference } = asked
  const references = imageReferences(record)
  const [user] = usersOf(context, record)
  if (!force && user !== undefined && isSingleReference(references)) throw inUse(name, user)
  const isLastTag = !references.some((other) => isTagOf(other, reference) && other.stored !== reference.stored)
  // A repository whose last tag goes keeps no digests either: nobody could see what they are of.
  const gone = references.filter(
    (other) =>
      other.stored === reference.stored ||
      (reference.kind === 'tag' && isLastTag && other.kind === 'digest' && other.repository === reference.repository),
  )
  const rest = withoutReferences(record, gone)
  const remains = imageReferences(rest).length > 0 || conflict(context, rest, { name, force }) !== undefined
  if (!remains) return deleteImage(context, record, gone)
  context.records.put(rest)
  return { removed: tellUntagged(context, record, gone), reclaimed: 0 }
}

function isTagOf(other: ImageReference, { repository }: ImageReference): boolean {
  return other.kind === 'tag' && other.repository === repository
}

function removeById(context: ImageContext, record: ImageRecord, asked: Asked): Removal {
  const references = imageReferences(record)
  const refused = conflict(context, record, asked)
  if (refused !== undefined) throw refused
  if (!asked.force && !isSingleReference(references)) {
    throw new PockerError('Conflict', `remove image '${asked.name}': it has several names`, {
      code: 'image-has-names',
      hint: `remove them one by one, or force it: ${record.tags.join(', ')}`,
    })
  }
  return deleteImage(context, record, references)
}

/**
 * The record goes first, with its last names in one write: after a crash before it the image has them still, and after a crash behind it
 * the next start collects the rest.
 */
function deleteImage(context: ImageContext, record: ImageRecord, names: readonly ImageReference[]): Removal {
  context.records.delete(record.id)
  const untagged = tellUntagged(context, record, names)
  tellImage(context, { action: 'delete', id: record.id, name: record.id })
  const { bytes, layers } = collectGarbage(context, partsOf(record))
  const chains = chainIds(record.content?.diffIds ?? [])
  const deleted = (record.content?.diffIds ?? []).flatMap((diffId, index) => (layers.includes(diffId) ? [chains[index] ?? diffId] : []))
  return { removed: [...untagged, ...[record.id, ...deleted.reverse()].map((id) => ({ Deleted: id }))], reclaimed: bytes }
}

function tellUntagged(context: ImageContext, record: ImageRecord, gone: readonly ImageReference[]): RemovedPart[] {
  return gone.map(({ familiar }) => {
    tellImage(context, { action: 'untag', id: record.id, name: record.id, labels: record.config.Labels })
    return { Untagged: familiar }
  })
}

/** What keeps the image from going: a running container always, a stopped one unless it is forced. */
function conflict(context: ImageContext, record: ImageRecord, { name, force }: Asked): PockerError | undefined {
  const users = usersOf(context, record)
  const user = users.find(({ running }) => running) ?? (force ? undefined : users[0])
  return user === undefined ? undefined : inUse(name, user)
}

/** Containers that are made of it. */
export function usersOf({ containers }: ImageContext, { id }: ImageRecord): readonly ImageUse[] {
  return containers().filter(({ image }) => image === id)
}

function inUse(name: string, { name: container, running }: ImageUse): PockerError {
  return new PockerError('Conflict', `remove image '${name}': container ${container} ${running ? 'runs on' : 'is made from'} it`, {
    code: 'image-in-use',
    hint: running ? 'stop and remove the container first' : 'remove the container first, or force it: the container keeps its files',
  })
}
