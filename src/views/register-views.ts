/** All views of the activity bar's "Pocker", with the commands that belong to them alone. */
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import type { Door } from '../commands/door.ts'
import { registerOpenContainer } from '../commands/open-container.ts'
import type { VolumeRef } from '../commands/refs.ts'
import type { Starting } from '../commands/start.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { NetworkLists } from '../model/network-lists.ts'
import type { VolumeLists } from '../model/volume-lists.ts'
import type { ActivePulls } from '../run/active-pulls.ts'
import type { ChildSource, ContainerChildren, ImageChildren } from './child-rows.ts'
import { Clicks } from './clicks.ts'
import type { ContainersView } from './containers/containers-view.ts'
import { registerContainers } from './containers/register-containers.ts'
import { createContexts } from './contexts.ts'
import { registerHosts } from './hosts/register-hosts.ts'
import { registerImages } from './images/register-images.ts'
import { networksTree } from './networks/networks-tree.ts'
import { type ListedView, openListed } from './open-listed.ts'
import { registerKeys } from './register-keys.ts'
import { volumesTree } from './volumes/volumes-tree.ts'

export interface RegisterViewsParts {
  readonly hosts: Hosts
  readonly door: Door
  readonly ask: Ask
  readonly pulls: ActivePulls
  readonly starting: Starting
  /** The rows below a container, of the parts of the extension that have some. */
  readonly containerChildren?: readonly ContainerChildren[]
  readonly imageChildren?: readonly ImageChildren[]
  readonly volumes: VolumeLists
  readonly networks: NetworkLists
  readonly volumeChildren?: readonly ChildSource<VolumeRef>[]
  /** What may be dragged from and dropped on the rows of a view. */
  readonly dragAndDrop?: <Node>() => vscode.TreeDragAndDropController<Node>
}

export interface Views {
  readonly containers: ContainersView
  readonly volumes: ListedView
}

/** Registers them; nothing is read before one is seen. */
export function registerViews(context: vscode.ExtensionContext, parts: RegisterViewsParts): Views {
  const { hosts, door, ask, pulls, starting, containerChildren = [], imageChildren = [], volumeChildren = [], dragAndDrop } = parts
  const contexts = createContexts((key, value) => void vscode.commands.executeCommand('setContext', key, value))
  const clicks = new Clicks(() => performance.now())
  const isStarting = () => starting.isOn
  const containers = registerContainers(context, {
    hosts,
    door,
    ask,
    contexts,
    isStarting,
    sources: containerChildren,
    ...(dragAndDrop === undefined ? {} : { dragAndDrop: dragAndDrop() }),
  })
  const images = registerImages(context, {
    hosts,
    contexts,
    pulls,
    isStarting,
    sources: imageChildren,
    ...(dragAndDrop === undefined ? {} : { dragAndDrop: dragAndDrop() }),
  })
  const listed = { hosts, contexts, isStarting }
  const volumes = openListed(context, volumesTree({ hosts, lists: parts.volumes, sources: volumeChildren }), {
    ...listed,
    id: 'pocker.volumes',
    stateKey: 'pocker.volumes.state',
    ...(dragAndDrop === undefined ? {} : { dragAndDrop: dragAndDrop() }),
  })
  const networks = openListed(context, networksTree({ hosts, lists: parts.networks }), {
    ...listed,
    id: 'pocker.networks',
    stateKey: 'pocker.networks.state',
  })
  const list = registerHosts(context, { hosts, door, ask, contexts, isStarting, terminals: context.environmentVariableCollection })
  registerKeys(context, {
    door,
    clicks,
    views: new Map<string, Pick<vscode.TreeView<unknown>, 'selection'>>([
      ['pocker.containers', containers.view],
      ['pocker.images', images.view],
      ['pocker.volumes', volumes.view],
      ['pocker.networks', networks.view],
    ]),
  })
  registerOpenContainer(context, { ask, hosts, door, opens: (row) => clicks.opens(row), execute: vscode.commands.executeCommand })
  context.subscriptions.push(
    starting.onDidChange(() => {
      for (const view of [containers, images, volumes, networks, list]) view.redraw()
    }),
    door.register('pocker.howItWorks', () =>
      vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.joinPath(context.extensionUri, 'HOW-IT-WORKS.md')),
    ),
  )
  return { containers, volumes }
}
