/** The tree of volumes: those with names in their order, then the others. */
import * as l10n from '@vscode/l10n'
import { type VolumeRef, volumeUsers } from '../../commands/refs.ts'
import type { VolumeRow } from '../../model/rows.ts'
import type { VolumeLists } from '../../model/volume-lists.ts'
import { ListedTree, type ListedTreeParts } from '../listed-tree.ts'
import { volumeLook, volumeTooltip } from './volume-look.ts'

export interface VolumesTreeParts extends ListedTreeParts<VolumeRef> {
  readonly lists: VolumeLists
}

/** Makes it; it reads nothing before somebody asks for rows. */
export function volumesTree(parts: VolumesTreeParts): ListedTree<VolumeRow, VolumeRef> {
  const { lists } = parts
  const facts = (ref: VolumeRef) => ({ users: volumeUsers(ref).map(({ name }) => name), size: lists.sizeOf(ref.host, ref.volume) })
  return new ListedTree<VolumeRow, VolumeRef>(
    {
      lists,
      change: 'volumes',
      showsContainers: false,
      refOf: (host, { name }) => ({ host, volume: name }),
      keyOf: ({ volume }) => volume,
      look: (row, ref, { hasChildren }) => volumeLook(row, { host: ref.host, ...facts(ref), hasChildren }),
      tooltip: (row, ref) => volumeTooltip(row, facts(ref)),
      countText: (count) => (count === 1 ? l10n.t('1 volume') : l10n.t('{0} volumes', count)),
    },
    parts,
  )
}
