/** The row of a host above what is on it. */
import type { Host } from '../hosts/host.ts'
import { plainText } from '../text/plain-text.ts'
import { hostLook } from './hosts/host-look.ts'
import type { ItemLook } from './item-look.ts'
import { isUsable } from './usable-hosts.ts'

export interface HostNode {
  readonly kind: 'host'
  readonly host: Host
}

/** Where the host answers, `count` says how much is on it; else its state is said. */
export function hostRowLook(host: Host, count: string | undefined): ItemLook {
  const look = hostLook(host, {})
  const isReady = host.state.kind === 'ready'
  const words = [...(host.kind === 'ssh' ? ['ssh'] : []), ...(count === undefined ? [] : [count])].join(' · ')
  return {
    ...look,
    ...(isReady ? { description: words, spoken: `${plainText(host.label)}, ${words}` } : {}),
    ...(isUsable(host) ? { fold: 'open' } : {}),
  }
}
