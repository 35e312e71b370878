/** The list of hosts. */
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import { Emitter } from '../../events/emitter.ts'
import type { Host } from '../../hosts/host.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import { escapeMarkdown } from '../../text/escape-markdown.ts'
import { GatheredChanges } from '../gathered-changes.ts'
import { listenToHosts } from '../host-events.ts'
import type { HostNode } from '../host-row.ts'
import type { ItemLook } from '../item-look.ts'
import type { ViewTree } from '../view-tree.ts'
import { hostLook, RETRY_STEPS, runningText } from './host-look.ts'

export interface HostsTreeParts {
  readonly hosts: Hosts
  readonly isStarting: () => boolean
  /** The address that `docker` in new terminals goes to. */
  readonly terminalAddress: () => string | undefined
  readonly now?: () => number
}

export class HostsTree implements ViewTree<HostNode> {
  readonly #parts: HostsTreeParts
  readonly #now: () => number
  readonly #listening: Disposable
  readonly #redrawn = new Emitter<readonly HostNode[] | undefined>()
  readonly #changes = new GatheredChanges(({ isAll, rows }) => this.#onChanges(isAll ? undefined : [...rows.keys()]))
  readonly #nodes = new Map<Host, HostNode>()
  readonly #counts = new Map<Host, string | undefined>()
  readonly #timers = new Map<Host, NodeJS.Timeout>()
  readonly onDidRedraw = this.#redrawn.event

  constructor(parts: HostsTreeParts) {
    this.#parts = parts
    this.#now = parts.now ?? Date.now
    this.#listening = listenToHosts(parts.hosts, {
      hosts: () => this.#changes.all(),
      state: (host) => this.#changes.row(host, ''),
      latency: (host) => this.#changes.row(host, ''),
      model: (host, change) => {
        const isCounted = change.kind === 'all' || change.kind === 'container'
        if (isCounted && runningText(host) !== this.#counts.get(host)) this.#changes.row(host, '')
      },
    })
  }

  roots(): readonly HostNode[] {
    return this.#parts.hosts.all.map((host) => this.#node(host))
  }

  children(): readonly HostNode[] {
    return []
  }

  parent(): undefined {
    return undefined
  }

  idOf({ host }: HostNode): string {
    return `host ${host.id}`
  }

  look({ host }: HostNode): ItemLook {
    const { isStarting, terminalAddress } = this.#parts
    this.#counts.set(host, runningText(host))
    this.#planRedraw(host)
    const isForTerminals = host.address !== undefined && host.address === terminalAddress()
    return hostLook(host, { now: this.#now(), isStarting: host.kind === 'local' && isStarting(), isForTerminals })
  }

  async tooltip({ host }: HostNode): Promise<string> {
    const { state, address, label } = host
    const lines: string[] = [`**${escapeMarkdown(label)}**`]
    if (state.kind === 'ready') {
      const { name, version, apiVersion } = state.engine
      lines.push(escapeMarkdown(l10n.t('{0} {1}, Docker’s API {2}', name, version, apiVersion)))
    }
    if (state.kind === 'stopped') lines.push(escapeMarkdown(l10n.t('Pocker is not running on this machine. Start Pocker starts it.')))
    if (state.kind === 'unreachable') {
      const { reason, retryAt } = state
      const next =
        retryAt === undefined
          ? l10n.t('Connect tries it again.')
          : l10n.t('It is tried again by itself, at {0}.', new Date(retryAt).toLocaleTimeString())
      lines.push(escapeMarkdown(reason), escapeMarkdown(next))
    }
    if (address !== undefined) lines.push(escapeMarkdown(l10n.t('Address: {0}', address)))
    return lines.join('  \n')
  }

  /** Everything may look different. */
  redraw(): void {
    this.#changes.all()
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#listening.dispose()
    this.#changes.dispose()
    this.#redrawn.dispose()
  }

  #onChanges(hosts: readonly Host[] | undefined): void {
    if (hosts === undefined) this.#nodes.clear()
    this.#redrawn.fire(hosts?.map((host) => this.#node(host)))
  }

  #node(host: Host): HostNode {
    const node = this.#nodes.get(host) ?? { kind: 'host', host }
    this.#nodes.set(host, node)
    return node
  }

  /** Redraws a row when its next try has come nearer by a step, and not for each second. */
  #planRedraw(host: Host): void {
    clearTimeout(this.#timers.get(host))
    this.#timers.delete(host)
    if (host.state.kind !== 'unreachable' || host.state.retryAt === undefined) return
    const left = host.state.retryAt - this.#now()
    const step = [...RETRY_STEPS].reverse().find((seconds) => seconds * 1000 < left)
    if (step === undefined) return
    const timer = setTimeout(() => this.#changes.row(host, ''), left - step * 1000 + 50)
    this.#timers.set(host, timer)
  }
}
