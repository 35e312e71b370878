/** Which hosts views show things of. */
import type { Host } from '../hosts/host.ts'

/** Whether a host's things can be shown: it answers, or what was there before it was lost is known. */
export function isUsable({ state, model }: Host): boolean {
  switch (state.kind) {
    case 'ready':
      return true
    case 'connecting':
    case 'unreachable':
    case 'stopped':
      return model.hasSnapshot
  }
}

/** Whether something can be done there now: it answers, or does when it is asked. */
export function canAct({ state, wake }: Host): boolean {
  return state.kind === 'ready' || (state.kind === 'stopped' && wake !== undefined)
}

/** What menus ask for of a host's rows. */
export function actFlags(host: Host): readonly string[] {
  if (!canAct(host)) return ['stale']
  return host.state.kind !== 'ready' || host.state.engine.isPocker ? ['ready', 'pocker'] : ['ready']
}

/** The hosts that are rows of their own, or the one whose things need no such row. */
export type Roots = { readonly kind: 'hosts'; readonly hosts: readonly Host[] } | { readonly kind: 'one'; readonly host: Host | undefined }

/** Hosts are rows only where there is more than one to tell apart; then those are too that cannot be reached. */
export function rootsOf(hosts: readonly Host[]): Roots {
  const usable = hosts.filter(isUsable)
  return usable.length > 1 ? { kind: 'hosts', hosts } : { kind: 'one', host: usable[0] }
}
