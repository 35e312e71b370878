/** All watches of files: those of the same path are one at the engine. */
import type { Disposable } from 'vscode'
import type { FileChange } from '../../helper/api/files.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { type FileRef, keyOf } from './place.ts'
import { filesOf } from './place-access.ts'
import { watchPlace } from './place-watch.ts'

export type ChangeListener = (change: FileChange) => void

export interface Watching extends Disposable {
  /**
   * Resolves when what happens is told, to true; to false when that could not be begun at once, after which an `overflow` is told. What was
   * read before may be old.
   */
  readonly armed: Promise<boolean>
}

interface Shared {
  readonly listeners: Set<ChangeListener>
  readonly over: AbortController
  readonly armed: PromiseWithResolvers<boolean>
}

export class Watches {
  readonly #hosts: Hosts
  readonly #log: (message: string) => void
  readonly #shared = new Map<string, Shared>()

  constructor(hosts: Hosts, log: (message: string) => void) {
    this.#hosts = hosts
    this.#log = log
  }

  /** How many there are at engines. */
  get count(): number {
    return this.#shared.size
  }

  /** Tells changes until it is disposed of. After `overflow` anything may have changed below the path. */
  watch({ place, path }: FileRef, { recursive }: { readonly recursive: boolean }, listener: ChangeListener): Watching {
    const key = JSON.stringify([keyOf(place), path, recursive])
    const shared = this.#shared.get(key) ?? this.#begin(key, { place, path }, recursive ? 'recursive' : 'folder')
    // The same function may listen twice.
    const own: ChangeListener = (change) => listener(change)
    shared.listeners.add(own)
    return {
      armed: shared.armed.promise,
      dispose: () => {
        shared.listeners.delete(own)
        if (shared.listeners.size > 0 || this.#shared.get(key) !== shared) return
        this.#shared.delete(key)
        shared.over.abort()
      },
    }
  }

  dispose(): void {
    for (const { over } of this.#shared.values()) over.abort()
    this.#shared.clear()
  }

  #begin(key: string, { place, path }: FileRef, depth: 'recursive' | 'folder'): Shared {
    const shared: Shared = { listeners: new Set(), over: new AbortController(), armed: Promise.withResolvers() }
    this.#shared.set(key, shared)
    void watchPlace({
      files: () => filesOf(this.#hosts, place),
      path,
      recursive: depth === 'recursive',
      signal: shared.over.signal,
      tell: (change) => {
        for (const listener of [...shared.listeners]) listener(change)
      },
      armed: () => shared.armed.resolve(true),
      failed: () => shared.armed.resolve(false),
      log: this.#log,
      untilWorthTrying: (delay, signal) => untilWorthTrying(this.#hosts, place.hostId, { delay, signal }),
    }).then(() => shared.armed.resolve(false))
    return shared
  }
}

function untilWorthTrying(hosts: Hosts, hostId: string, { delay, signal }: { delay: number; signal: AbortSignal }): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      listening.dispose()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, delay)
    const listening = hosts.onDidChangeState((host) => {
      if (host.id === hostId && host.state.kind === 'ready') done()
    })
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}
