/** How the user wants the containers shown: settings, and what belongs to the open folders alone. */
import { type ContainersOptions, GROUPINGS, type GroupBy, SORTINGS, type SortBy } from './options.ts'

/** As much of `vscode.WorkspaceConfiguration` as is needed. */
export interface Settings {
  get(key: string): unknown
  update(key: string, value: string): PromiseLike<void>
}

/** As much of `vscode.Memento` as is needed. */
export interface Memory {
  get(key: string): unknown
  update(key: string, value: unknown): PromiseLike<void>
}

export interface OptionsParts {
  /** Of `pocker.containers`. */
  readonly settings: () => Settings
  /** Of the open folders. */
  readonly memory: Memory
  /** Paths of the open folders. */
  readonly folders: () => readonly string[]
}

export type BadgeMode = 'running' | 'problems' | 'off'

const FILTER = 'pocker.containers.filter'
const HIDE_STOPPED = 'pocker.containers.hideStopped'
const ONLY_WORKSPACE = 'pocker.containers.onlyWorkspace'
const BADGES: readonly BadgeMode[] = ['running', 'problems', 'off']

/** The options as they are now. What somebody else has put into the settings counts for nothing where it makes no sense. */
export function readOptions({ settings, memory, folders }: OptionsParts): ContainersOptions {
  const set = settings()
  const label = set.get('groupByLabel')
  const filter = memory.get(FILTER)
  return {
    groupBy: oneOf(GROUPINGS, set.get('groupBy')),
    groupLabel: typeof label === 'string' ? label : '',
    sortBy: oneOf(SORTINGS, set.get('sortBy')),
    filter: typeof filter === 'string' ? filter : '',
    hideStopped: memory.get(HIDE_STOPPED) === true,
    ...(memory.get(ONLY_WORKSPACE) === true ? { onlyFolders: folders() } : {}),
  }
}

/** What the activity bar counts. */
export function readBadgeMode({ settings }: OptionsParts): BadgeMode {
  return oneOf(BADGES, settings().get('badge'))
}

/** Changes of single options. Each resolves when it is kept. */
export function optionWriter({ settings, memory }: OptionsParts) {
  return {
    filter: (text: string) => memory.update(FILTER, text.trim() === '' ? undefined : text),
    hideStopped: (is: boolean) => memory.update(HIDE_STOPPED, is),
    onlyWorkspace: (is: boolean) => memory.update(ONLY_WORKSPACE, is),
    groupBy: (groupBy: GroupBy) => settings().update('groupBy', groupBy),
    groupLabel: (label: string) => settings().update('groupByLabel', label),
    sortBy: (sortBy: SortBy) => settings().update('sortBy', sortBy),
  }
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T {
  const [first] = values
  const found = values.find((each) => each === value) ?? first
  if (found === undefined) throw new Error('there is nothing to choose from')
  return found
}
