/** The rows of the view "Volumes", as commands get them. */
import type { VolumeRef } from '../../commands/refs.ts'
import type { ChildRow } from '../child-rows.ts'
import type { HostNode } from '../host-row.ts'

export interface VolumeNode extends VolumeRef {
  readonly kind: 'volume'
}

export type OwnNode = HostNode | VolumeNode
export type VolumesNode = OwnNode | ChildRow

/** Whether another part of the extension has made the row. */
export function isChildRow(node: VolumesNode): node is ChildRow {
  return 'look' in node
}

/** A row's place in the tree, as text that no other row has. */
export function idOf(node: OwnNode): string {
  const host = encodeURIComponent(node.host.id)
  return node.kind === 'volume' ? `volume ${host}/${node.volume}` : `host ${host}`
}
