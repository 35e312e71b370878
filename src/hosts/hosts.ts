/** All hosts, in the order in which views show them. */
import type { Disposable } from 'vscode'
import { Emitter } from '../events/emitter.ts'
import type { Host } from './host.ts'

export interface HostsOptions {
  /** Makes hosts of the engines that are there now, but for those that are known by their ids. */
  readonly find?: (isKnown: (id: string) => boolean) => Promise<readonly Host[]>
  /** Calls `came` when an engine may have come. */
  readonly watch?: (came: () => void) => Disposable
  readonly now?: () => number
}

/** Milliseconds: looking for engines opens a handful of sockets. */
const LOOK_AGAIN = 10_000
const ORDER: readonly Host['kind'][] = ['local', 'socket', 'ssh']

export class Hosts {
  readonly #open: () => readonly Host[]
  readonly #options: HostsOptions
  #lookedAt = Number.NEGATIVE_INFINITY
  readonly #changed = new Emitter<void>()
  readonly #stateChanged = new Emitter<Host>()
  readonly #listening = new Map<Host, Disposable>()
  #hosts: readonly Host[] = []
  #isOpen = false
  #watching: Disposable | undefined
  /** One came or went. */
  readonly onDidChange = this.#changed.event
  readonly onDidChangeState = this.#stateChanged.event

  /** `open` makes the hosts that there always are; it is called when somebody first wants to see one. */
  constructor(open: () => readonly Host[], options: HostsOptions = {}) {
    this.#open = open
    this.#options = options
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

  /** Makes the hosts and connects them, once; each time, looks for engines that have come meanwhile. */
  open(): void {
    const isFirst = !this.#isOpen
    this.#isOpen = true
    if (isFirst) {
      for (const host of this.#open()) this.add(host)
      this.#watching = this.#options.watch?.(() => void this.look())
    }
    const now = this.#options.now?.() ?? performance.now()
    if (now - this.#lookedAt < LOOK_AGAIN) return
    this.#lookedAt = now
    void this.look()
  }

  /** Looks for engines that have come. */
  async look(): Promise<void> {
    const found = (await this.#options.find?.((id) => this.find(id) !== undefined)) ?? []
    // Two may have looked at once.
    for (const host of found) if (this.find(host.id) === undefined) this.add(host)
  }

  /** Connects it too. */
  add(host: Host): void {
    this.#hosts = [...this.#hosts, host].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
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

  /**
   * Opens them, and resolves when none is still being tried for the first time: for commands that come before any view. Where none is ready,
   * one is started that can be. Errors: those of `Host.wake`.
   */
  async settled(): Promise<readonly Host[]> {
    this.open()
    await Promise.all(this.#hosts.map(untilTried))
    const isReady = ({ state }: Host) => state.kind === 'ready'
    for (const host of this.#hosts) if (!this.#hosts.some(isReady)) await host.wake?.()
    return this.#hosts
  }

  /** As `settled`, with a snapshot of each host that is ready: for commands that offer what is there before any view has shown it. */
  async known(): Promise<readonly Host[]> {
    await this.settled()
    await Promise.all(this.#hosts.filter(({ state, model }) => state.kind === 'ready' && !model.hasSnapshot).map(untilKnown))
    return this.#hosts
  }

  dispose(): void {
    this.#watching?.dispose()
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
