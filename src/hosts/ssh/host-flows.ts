/** What the commands on hosts over SSH ask and do. */
import { homedir } from 'node:os'
import * as l10n from '@vscode/l10n'
import type { Ask, PickRow } from '../../ask/ask.ts'
import { hostOf } from '../../commands/refs.ts'
import { InWords } from '../../errors/in-words.ts'
import { plainText } from '../../text/plain-text.ts'
import type { Host } from '../host.ts'
import type { Hosts } from '../hosts.ts'
import { loadSsh } from './load-ssh.ts'
import { SshHost } from './ssh-host.ts'
import { addressOf, type SshHosts } from './ssh-hosts.ts'

export interface HostFlowParts {
  readonly ask: Ask
  readonly hosts: Hosts
  readonly ssh: SshHosts
  /** Shows that something goes on in the view, meanwhile. */
  readonly busy: <T>(work: () => Promise<T>) => Promise<T>
}

/** "Add Host". Errors: InWords `host-not-connected`; those of the configuration. */
export async function addHost(parts: HostFlowParts): Promise<void> {
  const ssh = await loadSsh()
  const added = new Set(parts.hosts.all.map(addressOf))
  const configured = ssh.configuredHosts(homedir(), process.env).filter(({ alias }) => !added.has(alias))
  const rows = configured.map(
    ({ alias, goesTo }): PickRow => ({ id: alias, label: plainText(alias, 100), description: plainText(goesTo, 200), icon: 'remote' }),
  )
  const answer = await parts.ask.pick({
    title: l10n.t('Add Host'),
    placeholder:
      rows.length === 0
        ? l10n.t('Type a machine to reach over SSH: user@host, or user@host:port')
        : l10n.t('Choose a machine of your SSH configuration, or type user@host:port'),
    rows,
    typed: (text) => {
      const typed = text.trim()
      if (typed === '' || configured.some(({ alias }) => alias === typed)) return undefined
      return { id: typed, label: l10n.t('Connect to {0}', plainText(typed, 100)), icon: 'add' }
    },
  })
  if (answer.kind !== 'picked' || answer.id === '') return
  ssh.checkAddress(answer.id)
  parts.hosts.open()
  const host = await parts.ssh.add(parts.hosts, answer.id)
  if (host.state.kind === 'connecting') await parts.busy(() => untilTried(host))
}

/** "Connect". Errors: InWords `host-not-connected`. */
export async function connectHost(parts: HostFlowParts, item: unknown): Promise<void> {
  const host = await chooseSshHost(parts, item, l10n.t('Connect'))
  if (host === undefined) return
  await parts.busy(async () => {
    const tried = untilTried(host)
    host.retry()
    await tried
  })
}

/** "Forget Host". */
export async function forgetHost(parts: HostFlowParts, item: unknown): Promise<void> {
  const host = await chooseSshHost(parts, item, l10n.t('Forget Host'))
  if (host === undefined) return
  const confirmed = await parts.ask.confirm({
    text: l10n.t('Forget {0}?', plainText(host.label, 100)),
    detail: l10n.t('Passwords kept for it are removed here. Its containers and images stay on it as they are.'),
    button: l10n.t('Forget Host'),
  })
  if (confirmed) await parts.ssh.forget(parts.hosts, host)
}

/** "Remove Pocker from Host". Errors: those of the machine. */
export async function uninstallHost(parts: HostFlowParts, item: unknown): Promise<void> {
  const host = await chooseSshHost(parts, item, l10n.t('Remove Pocker from Host'))
  if (!(host instanceof SshHost)) return
  const label = plainText(host.label, 100)
  const confirmed = await parts.ask.confirm({
    text: l10n.t('Remove Pocker from {0}, with all its containers and images there?', label),
    detail: l10n.t('Containers are stopped and removed, and so are images, volumes and the program. This cannot be taken back.'),
    button: l10n.t('Remove Everything'),
  })
  if (!confirmed) return
  await parts.busy(() => host.uninstall())
  await parts.ssh.forget(parts.hosts, host)
}

async function chooseSshHost({ ask, hosts }: HostFlowParts, item: unknown, title: string): Promise<Host | undefined> {
  const given = hostOf(item)
  if (given !== undefined) return given.kind === 'ssh' ? given : undefined
  hosts.open()
  const known = hosts.all.filter(({ kind }) => kind === 'ssh')
  const rows = known.map(({ label, id }) => ({ id, icon: 'remote', label: plainText(label, 100) }))
  if (rows.length === 0) throw new InWords('no-ssh-host', l10n.t('No machine has been added yet. Add Host adds one.'))
  const answer = await ask.pick({ title, placeholder: l10n.t('Which host?'), rows })
  return answer.kind === 'picked' ? known.find(({ id }) => id === answer.id) : undefined
}

/** The end of an attempt that goes on, or is about to begin. What the user did not want to answer is no failure. Errors: InWords. */
async function untilTried(host: Host): Promise<void> {
  await new Promise<void>((resolve) => {
    const listening = host.onDidChangeState(({ kind }) => {
      if (kind === 'connecting') return
      listening.dispose()
      resolve()
    })
  })
  const { state } = host
  if (state.kind === 'unreachable' && state.code !== 'cancelled') throw new InWords('host-not-connected', state.reason)
}
