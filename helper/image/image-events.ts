/** Docker's events of images (moby `daemon/images/image_events.go`). */
import type { ImageContext } from './context.ts'

export type ImageAction = 'delete' | 'import' | 'load' | 'pull' | 'push' | 'save' | 'tag' | 'untag'

export interface ImageNews {
  readonly action: ImageAction
  /** The actor: the image's ID; of `pull` and `push` the familiar reference, such as `busybox:1`. */
  readonly id: string
  /**
   * Of `pull` and `push` the familiar name without tag, of `tag` the tag; of the others the ID again.
   * That is what dockerd says and what clients filter by.
   */
  readonly name: string
  /** The image's, where it is known. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** Tells everyone who listens what happened to an image. */
export function tellImage(context: ImageContext, { action, id, name, labels }: ImageNews): void {
  emit(context, action, id, { ...labels, name })
}

/** A prune has ended. */
export function tellPruned(context: ImageContext, reclaimed: number): void {
  emit(context, 'prune', '', { reclaimed: String(reclaimed) })
}

function emit(context: ImageContext, action: string, id: string, attributes: Readonly<Record<string, string>>): void {
  const milliseconds = context.now()
  context.emit({
    status: action,
    ...(id === '' ? {} : { id }),
    Type: 'image',
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    scope: 'local',
    time: Math.floor(milliseconds / 1000),
    timeNano: milliseconds * 1_000_000,
  })
}
