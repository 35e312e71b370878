/** Where files are: a container, what it was made of, an image, one of its layers, or a volume. */
export type Place = PlaceName & {
  readonly hostId: string
  /** For people, where names are shown; it says nothing about which place it is. */
  readonly name: string
}

export type PlaceName =
  | { readonly kind: 'container'; readonly id: string }
  /** What a container was made of, before it changed anything. Read-only. */
  | { readonly kind: 'origin'; readonly id: string }
  /** Read-only. */
  | { readonly kind: 'image'; readonly id: string }
  /** One layer of an image alone, 0 the lowest. Read-only. */
  | { readonly kind: 'layer'; readonly id: string; readonly layer: number }
  /** By its name; whether a container has it or not. */
  | { readonly kind: 'volume'; readonly id: string }

/** A file or folder; the path is absolute and has no `.` and `..`. */
export interface FileRef {
  readonly place: Place
  readonly path: string
}

/** Where the endpoints of a place begin, and what each request to them has in its query. */
export function endpointOf(place: PlaceName): { readonly path: string; readonly query: Readonly<Record<string, number>> } {
  const id = encodeURIComponent(place.id)
  switch (place.kind) {
    case 'container':
      return { path: `/pocker/containers/${id}`, query: {} }
    case 'origin':
      return { path: `/pocker/containers/${id}/image`, query: {} }
    case 'image':
      return { path: `/pocker/images/${id}`, query: {} }
    case 'layer':
      return { path: `/pocker/images/${id}`, query: { layer: place.layer } }
    case 'volume':
      return { path: `/pocker/volumes/${id}`, query: {} }
  }
}

/** Whether two are the same place, by whatever names. */
export function isSamePlace(a: Place, b: Place): boolean {
  return keyOf(a) === keyOf(b)
}

/** A text that is the same for the same place and for no other. */
export function keyOf(place: Place): string {
  return JSON.stringify([place.hostId, place.kind, place.id, place.kind === 'layer' ? place.layer : 0])
}

/** Whether anything can be changed there at all; single files may still be read-only. */
export function isWritable({ kind }: PlaceName): boolean {
  return kind === 'container' || kind === 'volume'
}

/** Whether a path lies in a folder, however deep. */
export function isBelow(path: string, folder: string): boolean {
  return path !== folder && path.startsWith(folder === '/' ? '/' : `${folder}/`)
}
