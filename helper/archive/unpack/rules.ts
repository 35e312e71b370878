/** In what a layer and an archive that is copied into a container differ. */
import type { LinkReach } from './folder-cursor.ts'

export interface UnpackRules {
  /** `overlay`: names with `.wh.` become overlayfs's marks, and nothing else may look like one. `plain`: they are names as others. */
  readonly whiteouts: 'overlay' | 'plain'
  /** Whom files belong to. */
  readonly owners: 'archive' | 'root'
  /** What may be in an entry's place: `anything` is removed; with `same-kind` a folder never takes the place of a file, nor a file of a folder. */
  readonly replaces: 'anything' | 'same-kind'
  readonly links: LinkReach
  /** Whether an entry for the folder itself sets its owner, mode and times. */
  readonly root: 'archive' | 'as-it-is'
}

export const layerRules: UnpackRules = { whiteouts: 'overlay', owners: 'archive', replaces: 'anything', links: 'tree', root: 'archive' }
