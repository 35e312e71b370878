/** "Start Pocker" on this machine. */
import * as l10n from '@vscode/l10n'
import { InWords } from '../errors/in-words.ts'
import { Emitter } from '../events/emitter.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { LocalStart } from '../hosts/local-start.ts'

/** Whether Pocker is being started, for the views. */
export class Starting {
  readonly #changed = new Emitter<void>()
  #isOn = false
  readonly onDidChange = this.#changed.event

  get isOn(): boolean {
    return this.#isOn
  }

  /** Starts it, once at a time, and looks for it at once. Errors: those of `LocalStart`; InWords `cannot-start`. */
  async start(hosts: Hosts, local: LocalStart | undefined): Promise<void> {
    if (this.#isOn) return
    if (local === undefined)
      throw new InWords('cannot-start', l10n.t('Pocker cannot be started from here. On a Linux machine, root can: sudo pocker helper.'))
    this.#set(true)
    try {
      await local.start()
    } finally {
      this.#set(false)
      for (const host of hosts.all) if (host.kind === 'local') host.retry()
    }
  }

  dispose(): void {
    this.#changed.dispose()
  }

  #set(isOn: boolean): void {
    this.#isOn = isOn
    this.#changed.fire()
  }
}
