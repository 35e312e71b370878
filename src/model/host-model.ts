/** What is on one host: a snapshot that its event stream keeps true. */
import type { Disposable, Event } from 'vscode'
import type { ContainerRow, ImageRow } from './rows.ts'

export type ModelChange =
  /** All may be different: after a connection, a resync, or when the last watcher came back. */
  | { readonly kind: 'all' }
  | { readonly kind: 'container'; readonly id: string; readonly change: 'added' | 'changed' | 'removed' }
  | { readonly kind: 'images' }
  /** Something of theirs was made, changed or removed; whoever shows them asks the engine. */
  | { readonly kind: 'volumes' }
  | { readonly kind: 'networks' }

export interface HostModel {
  /** By id, the newest first. Empty until the first snapshot; what was known stays while the host cannot be reached. */
  readonly containers: ReadonlyMap<string, ContainerRow>
  readonly images: readonly ImageRow[]
  readonly hasSnapshot: boolean
  readonly onDidChange: Event<ModelChange>
  /** Has a container looked at again, after a change that engines tell no event of. */
  refresh(containerId: string): void
  /** The event stream is open as long as somebody watches. */
  watch(): Disposable
}
