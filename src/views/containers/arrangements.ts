/** How the containers of each host are arranged, kept until they change. */
import type { Host } from '../../hosts/host.ts'
import { rootsOf } from '../usable-hosts.ts'
import { type Arrangement, arrange, type Group, NOTHING } from './arrange.ts'
import type { ContainersOptions } from './options.ts'

export class Arrangements {
  readonly #options: () => ContainersOptions
  readonly #known = new Map<Host, Arrangement>()

  constructor(options: () => ContainersOptions) {
    this.#options = options
  }

  of(host: Host): Arrangement {
    const known = this.#known.get(host)
    if (known !== undefined) return known
    const made = arrange(host.model.containers.values(), this.#options())
    this.#known.set(host, made)
    return made
  }

  group(host: Host, key: string): Group {
    return this.of(host).groups.find((group) => group.key === key) ?? { key, label: '', ids: [], running: 0 }
  }

  /** The key of the group that a container is in; `undefined` where it is in none, nothing at all where it is not shown. */
  placeOf(host: Host, id: string): { readonly group: string | undefined } | undefined {
    const { loose, groups } = this.of(host)
    if (loose.includes(id)) return { group: undefined }
    const group = groups.find(({ ids }) => ids.includes(id))
    return group === undefined ? undefined : { group: group.key }
  }

  /** Counts over all hosts that are shown. */
  sum(hosts: readonly Host[]): Pick<Arrangement, 'shown' | 'total' | 'running' | 'problems'> {
    const roots = rootsOf(hosts)
    const sum = { shown: 0, total: 0, running: 0, problems: 0 }
    for (const host of roots.kind === 'hosts' ? roots.hosts : [roots.host]) {
      if (host === undefined) continue
      const { shown, total, running, problems } = this.of(host)
      sum.shown += shown
      sum.total += total
      sum.running += running
      sum.problems += problems
    }
    return sum
  }

  /** Makes it anew; the earlier one is given back. */
  forget(host: Host): Arrangement {
    const earlier = this.#known.get(host) ?? NOTHING
    this.#known.delete(host)
    return earlier
  }

  clear(): void {
    this.#known.clear()
  }
}
