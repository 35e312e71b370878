/** The terminals of the window as it was before it was loaded anew. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../hosts/host.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { findContainer } from './container-requests.ts'
import { execState } from './exec-requests.ts'
import { isUnreachable } from './host-back.ts'
import { activeTerminal, forgetTerminal, type RememberedTerminal, rememberedTerminals, type Store } from './remembered-terminals.ts'
import type { WantedTerminal } from './wanted-terminal.ts'

export interface RestoreParts {
  readonly store: Store
  readonly hosts: Hosts
  readonly open: (terminal: WantedTerminal, options: { readonly isActive: boolean }) => void
}

/** Milliseconds in which a host on this machine has answered; a terminal of one far away waits in its place. */
const PATIENCE = 2_000

/** Opens them in their order, and forgets those that nothing is left of. Asks nobody anything when there are none. */
export async function restoreTerminals({ store, hosts, open }: RestoreParts): Promise<void> {
  const all = rememberedTerminals(store).filter(({ isDetached }) => !isDetached)
  if (all.length === 0) return
  const active = activeTerminal(store)
  await Promise.race([hosts.settled(), sleep(PATIENCE, undefined, { ref: false })])
  for (const terminal of all) {
    const host = hosts.find(terminal.hostId)
    if (host === undefined || (await isGone(host, terminal))) await forgetTerminal(store, terminal.key)
    else open(wantedAgain(terminal, host), { isActive: terminal.key === active })
  }
}

/** A terminal that was left running in a container, if it still does; those that have ended are forgotten. Errors: EngineError. */
export async function leftRunning(store: Store, host: Host, containerId: string): Promise<WantedTerminal | undefined> {
  for (const terminal of rememberedTerminals(store)) {
    if (!terminal.isDetached || terminal.hostId !== host.id || terminal.containerId !== containerId) continue
    const { program } = terminal
    if (program.kind === 'exec' && (await execState(host.client, program.execId)) === 'running') return wantedAgain(terminal, host)
    await forgetTerminal(store, terminal.key)
  }
  return undefined
}

async function isGone(host: Host, { program, containerId }: RememberedTerminal): Promise<boolean> {
  // A helper that is not there has not kept anything; containers it has left running are shown again when it is back.
  if (host.state.kind === 'stopped') return program.kind === 'exec'
  if (host.state.kind !== 'ready') return false
  try {
    if (program.kind === 'exec') return (await execState(host.client, program.execId)) === 'unknown'
    return (await findContainer(host.client, containerId)) === undefined
  } catch (error) {
    if (isUnreachable(error)) return false // lost meanwhile: the terminal waits for it
    throw error
  }
}

function wantedAgain({ key, containerId, container, label, place, program }: RememberedTerminal, host: Host): WantedTerminal {
  return {
    key,
    ref: { host, containerId },
    container,
    label,
    place,
    program:
      program.kind === 'main'
        ? { kind: 'main', first: 'resume' }
        : { kind: 'exec', execId: program.execId, spec: { ...program.spec, environment: [] } },
  }
}
