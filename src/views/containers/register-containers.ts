/** The view "Containers" with the commands that say how it shows them. */
import * as vscode from 'vscode'
import type { Ask } from '../../ask/ask.ts'
import type { Door } from '../../commands/door.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { ContainerChildren } from '../child-rows.ts'
import type { Contexts } from '../contexts.ts'
import { type ContainersView, createContainersView } from './containers-view.ts'
import { askFilter } from './filter-box.ts'
import type { ContainersNode } from './nodes.ts'
import { groupByFlow, sortByFlow } from './option-flows.ts'
import { type OptionsParts, optionWriter, readBadgeMode, readOptions } from './options-store.ts'

export interface RegisterContainersParts {
  readonly hosts: Hosts
  readonly door: Door
  readonly ask: Ask
  readonly contexts: Contexts
  readonly isStarting: () => boolean
  readonly sources: readonly ContainerChildren[]
  readonly dragAndDrop?: vscode.TreeDragAndDropController<ContainersNode>
}

/** Registers the view; it is made known to the editor at once and reads nothing before it is seen. */
export function registerContainers(context: vscode.ExtensionContext, parts: RegisterContainersParts): ContainersView {
  const { hosts, door, ask } = parts
  const store: OptionsParts = {
    settings: () => containerSettings(),
    memory: context.workspaceState,
    folders: () => (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
  }
  const options = () => readOptions(store)
  const view = createContainersView({ ...parts, options, badgeMode: () => readBadgeMode(store) })
  const write = optionWriter(store)
  const flow = { ask, hosts, options, write }
  const then = async (change: PromiseLike<void>) => {
    await change
    view.redraw()
  }
  context.subscriptions.push(
    view,
    vscode.workspace.onDidChangeWorkspaceFolders(() => view.redraw()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('pocker.containers')) view.redraw()
    }),
    door.register('pocker.containers.filter', () => askFilter(options().filter, (text) => void then(write.filter(text)))),
    door.register('pocker.containers.showAll', async () => {
      await Promise.all([write.filter(''), write.hideStopped(false), write.onlyWorkspace(false)])
      view.redraw()
    }),
    door.register('pocker.containers.groupBy', () => groupByFlow(flow)),
    door.register('pocker.containers.sortBy', () => sortByFlow(flow)),
    door.register('pocker.containers.onlyWorkspace', () => then(write.onlyWorkspace(true))),
    door.register('pocker.containers.allFolders', () => then(write.onlyWorkspace(false))),
    door.register('pocker.containers.hideStopped', () => then(write.hideStopped(true))),
    door.register('pocker.containers.showStopped', () => then(write.hideStopped(false))),
  )
  return view
}

/** Written where the user has set it before: for all windows, unless the folder has a value of its own. */
function containerSettings() {
  const settings = vscode.workspace.getConfiguration('pocker.containers')
  return {
    get: (key: string): unknown => settings.get(key),
    update: (key: string, value: string) => {
      const isFolders = settings.inspect(key)?.workspaceValue !== undefined
      return settings.update(key, value, isFolders ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global)
    },
  }
}
