/** How the containers are shown. */
export const GROUPINGS = ['compose', 'label', 'image', 'status', 'none'] as const
export const SORTINGS = ['name', 'created', 'state'] as const

export type GroupBy = (typeof GROUPINGS)[number]
export type SortBy = (typeof SORTINGS)[number]

export interface ContainersOptions {
  readonly groupBy: GroupBy
  /** Of `label`: its key. */
  readonly groupLabel: string
  readonly sortBy: SortBy
  /** What the user typed; empty shows all. */
  readonly filter: string
  readonly hideStopped: boolean
  /** Only what belongs to these folders of the machine; absent: everything. */
  readonly onlyFolders?: readonly string[]
}

/** Whether something may be hidden. */
export function isFiltered({ filter, hideStopped, onlyFolders }: ContainersOptions): boolean {
  return filter.trim() !== '' || hideStopped || onlyFolders !== undefined
}
