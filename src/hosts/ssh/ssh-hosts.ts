/** The hosts of the setting, as the list of hosts has them. */
import type { Host } from '../host.ts'
import type { Hosts } from '../hosts.ts'
import { type HostsSetting, removeHost, savedHosts, saveHost } from './saved-hosts.ts'
import { type SshHost, sshHostId } from './ssh-host.ts'
import type { SshSecrets } from './ssh-secrets.ts'

export interface SshHostsParts {
  readonly setting: HostsSetting
  readonly secrets: SshSecrets
  readonly make: (address: string, how: { readonly mayAsk: boolean }) => SshHost
}

export class SshHosts {
  readonly #parts: SshHostsParts

  constructor(parts: SshHostsParts) {
    this.#parts = parts
  }

  /** Those of the setting, not connected yet. */
  all(): readonly Host[] {
    return savedHosts(this.#parts.setting).map((address) => this.#parts.make(address, { mayAsk: false }))
  }

  /** Adds one, or has the one that is there connect. */
  async add(hosts: Hosts, address: string): Promise<Host> {
    const known = hosts.find(sshHostId(address))
    if (known !== undefined) {
      known.retry()
      return known
    }
    const host = this.#parts.make(address, { mayAsk: true })
    hosts.add(host)
    await saveHost(this.#parts.setting, address)
    return host
  }

  /** Removes one with all that is known of it here. On the machine all stays as it is. */
  async forget(hosts: Hosts, host: Host): Promise<void> {
    const address = addressOf(host)
    if (address === undefined) return
    hosts.remove(host)
    await removeHost(this.#parts.setting, address)
    await this.#parts.secrets.forget(address)
  }

  /** The setting has been changed by hand. */
  follow(hosts: Hosts): void {
    if (!hosts.isOpen) return
    const wanted = savedHosts(this.#parts.setting)
    for (const host of hosts.all) {
      const address = addressOf(host)
      if (address !== undefined && !wanted.includes(address)) hosts.remove(host)
    }
    for (const address of wanted) if (hosts.find(sshHostId(address)) === undefined) hosts.add(this.#parts.make(address, { mayAsk: false }))
  }
}

/** The address of a host that was added; undefined for others. */
export function addressOf({ id, kind }: Host): string | undefined {
  return kind === 'ssh' && id.startsWith('ssh:') ? id.slice('ssh:'.length) : undefined
}
