/** The shells that were found, by image: an image with the same id has the same files. */
import type { Host } from '../hosts/host.ts'
import { containerFiles } from './container-files.ts'
import type { ContainerFacts } from './container-requests.ts'
import { findShell } from './find-shell.ts'

export class Shells {
  readonly #found = new Map<string, string>()

  /** The path of the best shell for a user; nothing where there is none. Errors: EngineError. */
  async find(host: Host, container: ContainerFacts, user: string): Promise<string | undefined> {
    const key = `${container.imageId} ${user}`
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const shell = await findShell(containerFiles(host, container.id), user)
    // That there is none is not kept: one can be put there.
    if (shell !== undefined && container.imageId !== '') this.#found.set(key, shell)
    return shell
  }
}
