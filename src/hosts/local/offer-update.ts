/** A helper that is older than the extension goes on as it is, until the user wants the new one. */
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import type { Ask } from '../../ask/ask.ts'
import type { Starting } from '../../commands/start.ts'
import { isOlderVersion } from '../../text/version.ts'
import type { Hosts } from '../hosts.ts'
import type { LocalStart } from '../local-start.ts'

export interface OfferUpdateParts {
  readonly hosts: Hosts
  readonly ask: Pick<Ask, 'offer'>
  readonly starting: Pick<Starting, 'start'>
  readonly local: LocalStart
  /** Of the extension. */
  readonly version: string
  readonly guard: <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>
}

/** Offers it once for each version that is found, until it is disposed of. */
export function offerUpdate({ hosts, ask, starting, local, version, guard }: OfferUpdateParts): Disposable {
  const offered = new Set<string>()
  return hosts.onDidChangeState((host) => {
    if (host.kind !== 'local' || host.state.kind !== 'ready' || local.impossible !== undefined) return
    const { engine } = host.state
    if (!engine.isPocker || !isOlderVersion(engine.version, version) || offered.has(engine.version)) return
    offered.add(engine.version)
    void guard('update Pocker', async () => {
      const text = l10n.t('Pocker on this machine is older than this extension. Containers keep running while it is updated.')
      if (await ask.offer(text, l10n.t('Update Pocker'))) await starting.start('update')
    })
  })
}
