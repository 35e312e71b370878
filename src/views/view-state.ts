/** Why a view has no rows, or that it has some: what its welcome texts go by. */
import type { Hosts } from '../hosts/hosts.ts'
import { rootsOf } from './usable-hosts.ts'

export type ViewState =
  | 'rows'
  /** Nothing is known yet; it comes in a moment, so nothing is said. */
  | 'loading'
  /** This machine cannot have an engine, and no other is known. */
  | 'no-host'
  | 'connecting'
  | 'stopped'
  | 'starting'
  | 'unreachable'
  /** There is nothing. */
  | 'empty'
  /** All there is is hidden. */
  | 'filtered'

export interface ViewContent {
  readonly shown: number
  readonly total: number
}

/** The state of a view of things on hosts. `isStarting`: Pocker is being started on this machine. */
export function viewState({ all: hosts, isOpen }: Pick<Hosts, 'all' | 'isOpen'>, content: ViewContent, isStarting: boolean): ViewState {
  if (!isOpen) return 'loading'
  const roots = rootsOf(hosts)
  if (roots.kind === 'hosts' || content.shown > 0) return 'rows'
  const kinds = new Set(hosts.map(({ state }) => state.kind))
  if (roots.host !== undefined && !roots.host.model.hasSnapshot) return 'loading'
  if (content.total > 0) return 'filtered'
  if (isStarting) return 'starting'
  if (hosts.length === 0) return 'no-host'
  // Also beside another engine that has nothing: whoever looks for containers here may well want Pocker's. Who has added a machine has it there.
  if (kinds.has('stopped') && !hosts.some(({ kind, state }) => kind === 'ssh' && state.kind === 'ready')) return 'stopped'
  if (roots.host !== undefined && roots.host.state.kind !== 'unreachable') return 'empty'
  return kinds.has('connecting') ? 'connecting' : 'unreachable'
}
