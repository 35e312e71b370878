import type { Hosts } from '../../hosts/hosts.ts'
import type { FileSystem } from '../file-system.ts'
import type { FileRef } from '../place.ts'
import type { FilesUi } from './files-ui.ts'

/** What flows need. */
export interface FlowParts {
  readonly ui: FilesUi
  readonly hosts: Hosts
  readonly system: FileSystem
  /** What is in a folder has changed by us. */
  readonly refresh: (folder: FileRef) => void
}
