/** All that happens on any host, for as long as somebody listens. */
import type { Disposable } from 'vscode'
import type { Host, HostState } from '../hosts/host.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { ModelChange } from '../model/host-model.ts'

export interface HostListener {
  /** A host came or went. */
  hosts(): void
  state(host: Host): void
  /** Its way has been measured again, and all else is as it was. */
  latency?(host: Host): void
  model(host: Host, change: ModelChange): void
}

/** Listens to all hosts, those to come included; disposing ends it. */
export function listenToHosts(hosts: Hosts, listener: HostListener): Disposable {
  const models = new Map<Host, Disposable>()
  const states = new WeakMap<Host, string>()
  const follow = () => {
    for (const [host, listening] of models) {
      if (hosts.all.includes(host)) continue
      listening.dispose()
      models.delete(host)
    }
    for (const host of hosts.all) {
      if (models.has(host)) continue
      models.set(
        host,
        host.model.onDidChange((change) => listener.model(host, change)),
      )
    }
  }
  follow()
  const listening = [
    hosts.onDidChange(() => {
      follow()
      listener.hosts()
    }),
    hosts.onDidChangeState((host) => {
      const state = withoutLatency(host.state)
      // Each redraw of rows is one that somebody may be clicking into.
      if (states.get(host) === state) return listener.latency?.(host)
      states.set(host, state)
      listener.state(host)
    }),
  ]
  return {
    dispose: () => {
      for (const each of [...listening, ...models.values()]) each.dispose()
      models.clear()
    },
  }
}

function withoutLatency(state: HostState): string {
  return JSON.stringify({ ...state, latency: undefined })
}
