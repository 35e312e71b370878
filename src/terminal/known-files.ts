import type { ContainerRef } from '../commands/refs.ts'
import { containerFiles } from './container-files.ts'

/** Milliseconds for which an answer is as good as a fresh one: moving the mouse asks for the same line many times. */
const FRESH = 10_000
/** Of one line, and of those before it. */
const MOST = 200

/** Whether a container has a file, asked of its engine once in a while. */
export class KnownFiles {
  readonly #asked = new Map<string, { readonly answer: Promise<boolean>; readonly until: number }>()

  /** False for folders, and where the engine does not answer. */
  has(ref: ContainerRef, path: string): Promise<boolean> {
    const key = `${ref.host.id} ${ref.containerId} ${path}`
    const known = this.#asked.get(key)
    if (known !== undefined && performance.now() < known.until) return known.answer
    if (this.#asked.size >= MOST) this.#asked.clear()
    const answer = look(ref, path)
    this.#asked.set(key, { answer, until: performance.now() + FRESH })
    return answer
  }
}

async function look({ host, containerId }: ContainerRef, path: string): Promise<boolean> {
  try {
    return (await containerFiles(host, containerId).look(path))?.isFile === true
  } catch {
    return false // no link is made of what cannot be looked at
  }
}
