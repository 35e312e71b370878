/** Holds the hosts' models open while a view needs them. */
import type { Disposable } from 'vscode'
import type { Host } from '../hosts/host.ts'
import type { Hosts } from '../hosts/hosts.ts'

export class HostWatch {
  readonly #hosts: Hosts
  readonly #watching = new Map<Host, Disposable>()
  readonly #listening: Disposable
  #isOn = false

  constructor(hosts: Hosts) {
    this.#hosts = hosts
    this.#listening = hosts.onDidChange(() => this.#follow())
  }

  /** Makes the hosts when nobody has asked for them before. */
  set isOn(isOn: boolean) {
    if (isOn) this.#hosts.open()
    this.#isOn = isOn
    this.#follow()
  }

  dispose(): void {
    this.#listening.dispose()
    this.isOn = false
  }

  #follow(): void {
    const wanted = this.#isOn ? this.#hosts.all : []
    for (const [host, watching] of this.#watching) {
      if (wanted.includes(host)) continue
      watching.dispose()
      this.#watching.delete(host)
    }
    for (const host of wanted) if (!this.#watching.has(host)) this.#watching.set(host, host.model.watch())
  }
}
