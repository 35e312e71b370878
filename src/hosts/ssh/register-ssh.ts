/** Hosts over SSH, with their commands. */
import * as vscode from 'vscode'
import type { Ask } from '../../ask/ask.ts'
import type { Door } from '../../commands/door.ts'
import type { Hosts } from '../hosts.ts'
import { extensionPayload } from './own-payload.ts'
import type { HostsSetting } from './saved-hosts.ts'
import { SshHost } from './ssh-host.ts'
import { SshHosts } from './ssh-hosts.ts'
import { askedQuestions, silentQuestions } from './ssh-questions.ts'
import { SshSecrets } from './ssh-secrets.ts'

const SECTION = 'pocker.hosts'

/** The hosts that were added; nothing is connected yet. */
export function sshHosts(context: vscode.ExtensionContext, ask: Ask): SshHosts {
  const secrets = new SshSecrets(context.secrets, context.globalState)
  const make = (address: string, { mayAsk }: { readonly mayAsk: boolean }) => {
    const parts = { ask, secrets, host: address }
    return new SshHost({
      address,
      mayAsk,
      payload: (architecture) => extensionPayload(context.extensionPath, architecture),
      questions: { asked: () => askedQuestions(parts), silent: () => silentQuestions(parts) },
    })
  }
  return new SshHosts({ setting, secrets, make })
}

export interface RegisterSshParts {
  readonly hosts: Hosts
  readonly ssh: SshHosts
  readonly door: Door
  readonly ask: Ask
  readonly busy: <T>(work: () => Promise<T>) => Promise<T>
}

/** Registers the commands, and follows the setting. */
export function registerSsh(context: vscode.ExtensionContext, parts: RegisterSshParts): void {
  const { door, hosts, ssh } = parts
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(SECTION)) ssh.follow(hosts)
    }),
    door.register('pocker.hosts.add', async () => (await import('./host-flows.ts')).addHost(parts)),
    door.register('pocker.hosts.connect', async (item) => (await import('./host-flows.ts')).connectHost(parts, item)),
    door.register('pocker.hosts.forget', async (item) => (await import('./host-flows.ts')).forgetHost(parts, item)),
    door.register('pocker.hosts.uninstall', async (item) => (await import('./host-flows.ts')).uninstallHost(parts, item)),
  )
}

// Only what the user has set for this machine counts: the setting's scope keeps folders out, and this keeps them out once more.
const setting: HostsSetting = {
  read: () => vscode.workspace.getConfiguration().inspect(SECTION)?.globalValue,
  write: async (addresses) => {
    await vscode.workspace.getConfiguration().update(SECTION, addresses, vscode.ConfigurationTarget.Global)
  },
}
