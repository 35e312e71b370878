/** All hosts, in the order in which views show them. */
import type { Disposable } from 'vscode'
import { Emitter } from '../events/emitter.ts'
import type { Host } from './host.ts'

export class Hosts {
  readonly #open: () => readonly Host[]
  readonly #changed = new Emitter<void>()
  readonly #stateChanged = new Emitter<Host>()
  readonly #listening = new Map<Host, Disposable>()
  #hosts: readonly Host[] = []
  #isOpen = false
  /** One came or went. */
  readonly onDidChange = this.#changed.event
  readonly onDidChangeState = this.#stateChanged.event

  /** `open` makes the hosts of this machine; it is called when somebody first wants to see one. */
  constructor(open: () => readonly Host[]) {
    this.#open = open
  }

  get all(): readonly Host[] {
    return this.#hosts
  }

  /** Whether somebody has wanted to see one: before, that there is none means nothing. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  find(id: string): Host | undefined {
    return this.#hosts.find((host) => host.id === id)
  }

  /** Makes the hosts and connects them, once. */
  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    for (const host of this.#open()) this.add(host)
  }

  /** Connects it too. */
  add(host: Host): void {
    this.#hosts = [...this.#hosts, host]
    this.#listening.set(
      host,
      host.onDidChangeState(() => this.#stateChanged.fire(host)),
    )
    this.#changed.fire()
    host.connect()
  }

  remove(host: Host): void {
    this.#hosts = this.#hosts.filter((other) => other !== host)
    this.#listening.get(host)?.dispose()
    this.#listening.delete(host)
    host.dispose()
    this.#changed.fire()
  }

  /** Opens them, and resolves when none is still being tried for the first time: for commands that come before any view. */
  async settled(): Promise<readonly Host[]> {
    this.open()
    await Promise.all(this.#hosts.map(untilTried))
    return this.#hosts
  }

  /** As `settled`, with a snapshot of each host that is ready: for commands that offer what is there before any view has shown it. */
  async known(): Promise<readonly Host[]> {
    await this.settled()
    await Promise.all(this.#hosts.filter(({ state, model }) => state.kind === 'ready' && !model.hasSnapshot).map(untilKnown))
    return this.#hosts
  }

  dispose(): void {
    for (const host of [...this.#hosts]) this.remove(host)
    this.#changed.dispose()
    this.#stateChanged.dispose()
  }
}

async function untilTried(host: Host): Promise<void> {
  if (host.state.kind !== 'connecting') return
  await new Promise<void>((resolve) => {
    const listening = host.onDidChangeState(({ kind }) => {
      if (kind === 'connecting') return
      listening.dispose()
      resolve()
    })
  })
}

async function untilKnown(host: Host): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const listening = [host.model.onDidChange(() => resolve()), host.onDidChangeState(() => resolve()), host.model.watch()]
  await promise
  for (const each of listening) each.dispose()
}
