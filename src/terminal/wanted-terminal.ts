import type { ContainerRef } from '../commands/refs.ts'
import type { ExecSpec } from './exec-requests.ts'
import type { Place } from './remembered-terminals.ts'

/** A terminal that is to be opened. */
export interface WantedTerminal {
  readonly ref: ContainerRef
  /** The container's name, hostile. */
  readonly container: string
  /** What runs there, for the tab; empty for the main process. */
  readonly label: string
  readonly place: Place
  readonly program: WantedProgram
  /** Of one that was remembered. */
  readonly key?: string
}

export type WantedProgram =
  /** `start`: its container does not run, and shall. */
  | { readonly kind: 'main'; readonly first: 'start' | 'resume' }
  /** With the id of one that runs already. */
  | { readonly kind: 'exec'; readonly spec: ExecSpec; readonly execId?: string }
