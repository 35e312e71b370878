/** The view "Hosts" with its commands. */
import * as l10n from '@vscode/l10n'
import type * as vscode from 'vscode'
import type { Ask } from '../../ask/ask.ts'
import { chooseHost } from '../../commands/choose.ts'
import type { Door } from '../../commands/door.ts'
import { hostOf } from '../../commands/refs.ts'
import { InWords } from '../../errors/in-words.ts'
import type { Host } from '../../hosts/host.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { Contexts } from '../contexts.ts'
import { HostWatch } from '../host-watch.ts'
import { openView } from '../open-view.ts'
import { HostsTree } from './hosts-tree.ts'

export const HOSTS_VIEW = 'pocker.hosts'

export interface RegisterHostsParts {
  readonly hosts: Hosts
  readonly door: Door
  readonly ask: Ask
  readonly contexts: Contexts
  readonly isStarting: () => boolean
  /** `docker` in new terminals of these folders. */
  readonly terminals: Pick<vscode.EnvironmentVariableCollection, 'get' | 'replace' | 'delete'>
}

const DOCKER_HOST = 'DOCKER_HOST'

/** Registers the view; it is made known to the editor at once and reads nothing before it is seen. */
export function registerHosts(context: vscode.ExtensionContext, parts: RegisterHostsParts): { redraw(): void } {
  const { hosts, door, ask, contexts, terminals } = parts
  const tree = new HostsTree({ hosts, isStarting: parts.isStarting, terminalAddress: () => terminals.get(DOCKER_HOST)?.value })
  const watch = new HostWatch(hosts)
  const { dispose } = openView(tree, {
    id: HOSTS_VIEW,
    canSelectMany: false,
    onDidChange: ({ visible }) => {
      watch.isOn = visible
      contexts.set('pocker.hosts.state', hosts.all.length > 0 ? 'rows' : hosts.isOpen ? 'no-host' : 'loading')
    },
  })
  const useInTerminals = async (item: unknown) => {
    const host = await chooseHost(parts, item, { title: l10n.t('Use in Terminals'), withoutEngine: true })
    if (host === undefined) return
    terminals.replace(DOCKER_HOST, addressOf(host))
    tree.redraw()
    ask.tell(l10n.t('In new terminals of this window, docker and its like talk to {0}.', host.label))
  }
  context.subscriptions.push(
    watch,
    { dispose },
    door.register('pocker.hosts.retry', (item) => {
      const one = hostOf(item)
      for (const host of one === undefined ? hosts.all : [one]) host.retry()
    }),
    door.register('pocker.hosts.copySocket', async (item) => {
      const host = await chooseHost(parts, item, { title: l10n.t('Copy Socket Path'), withoutEngine: true })
      if (host !== undefined) await ask.copy(addressOf(host).replace(/^unix:\/\//, ''))
    }),
    door.register('pocker.hosts.copyDockerHost', async (item) => {
      const host = await chooseHost(parts, item, { title: l10n.t('Copy DOCKER_HOST'), withoutEngine: true })
      if (host !== undefined) await ask.copy(addressOf(host))
    }),
    door.register('pocker.hosts.useInTerminals', useInTerminals),
    door.register('pocker.hosts.leaveTerminals', () => {
      terminals.delete(DOCKER_HOST)
      tree.redraw()
    }),
  )
  return { redraw: () => tree.redraw() }
}

function addressOf(host: Host): string {
  if (host.address !== undefined) return host.address
  throw new InWords('no-address', l10n.t('“{0}” has no address that other programs of this machine could use.', host.label))
}
