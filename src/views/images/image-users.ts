/** Which containers are made of an image, counted once for all rows. */
import type { Host } from '../../hosts/host.ts'

type Users = ReadonlyMap<string, readonly string[]>

export class ImageUsers {
  readonly #known = new Map<Host, Users>()

  /** The containers' names. */
  namesOf({ host, imageId }: { readonly host: Host; readonly imageId: string }): readonly string[] {
    return this.#of(host).get(imageId) ?? []
  }

  /** Counts again; the IDs of the images that have other users now are given back. */
  update(host: Host): ReadonlySet<string> {
    const before = this.#of(host)
    this.#known.delete(host)
    const after = this.#of(host)
    const isOther = (id: string) => (before.get(id) ?? []).join() !== (after.get(id) ?? []).join()
    return new Set([...before.keys(), ...after.keys()].filter(isOther))
  }

  clear(): void {
    this.#known.clear()
  }

  #of(host: Host): Users {
    const known = this.#known.get(host)
    if (known !== undefined) return known
    const users = new Map<string, string[]>()
    for (const { imageId, name } of host.model.containers.values()) {
      const names = users.get(imageId)
      if (names === undefined) users.set(imageId, [name])
      else names.push(name)
    }
    this.#known.set(host, users)
    return users
  }
}
