/** Which port of the machine a container's port could have. */
import * as l10n from '@vscode/l10n'
import type { PublishedPort } from './port-spec.ts'

export interface TakenPort {
  readonly port: number
  readonly protocol: string
  /** The container that has it. */
  readonly by: string
}

/** Whether a port of the machine is free; `undefined` where nobody can tell, as on another machine. */
export type ProbePort = (port: number, protocol: string) => Promise<boolean | undefined>

export interface SuggestedPort {
  readonly port: PublishedPort
  /** Why it is not the container's own number. */
  readonly note?: string
}

const TRIES = 50
const LAST_PRIVILEGED = 1023

/**
 * Publishes each port under its own number where that is free, else under the next likely one: 80 becomes 8080, 443 becomes 8443,
 * 5432 becomes 5433. A port that already has a number keeps it.
 */
export async function suggestPorts(
  ports: readonly PublishedPort[],
  taken: readonly TakenPort[],
  probe: ProbePort,
): Promise<readonly SuggestedPort[]> {
  const suggested: SuggestedPort[] = []
  const given: TakenPort[] = []
  for (const port of ports) {
    const found = port.host === undefined ? await suggestPort(port, [...taken, ...given], probe) : { port }
    suggested.push(found)
    if (found.port.host !== undefined) given.push({ port: found.port.host, protocol: port.protocol, by: '' })
  }
  return suggested
}

/** Who has a port, by what the engine's containers publish. */
export function holderOf(taken: readonly TakenPort[], port: number, protocol: string): TakenPort | undefined {
  return taken.find((other) => other.port === port && other.protocol === protocol)
}

/** Port numbers to try for a container's port, the likeliest first. */
export function candidatePorts(container: number): readonly number[] {
  const start = container <= LAST_PRIVILEGED ? 8000 + container : container + 1
  const next = Array.from({ length: TRIES }, (_, offset) => start + offset).filter((port) => port <= 65535)
  const last = next.length < TRIES ? Array.from({ length: TRIES }, (_, offset) => 49152 + offset) : []
  return [container, ...next, ...last]
}

async function suggestPort(port: PublishedPort, taken: readonly TakenPort[], probe: ProbePort): Promise<SuggestedPort> {
  for (const candidate of candidatePorts(port.container)) {
    if (holderOf(taken, candidate, port.protocol) !== undefined) continue
    if ((await probe(candidate, port.protocol)) === false) continue
    if (candidate === port.container) return { port: { ...port, host: candidate } }
    const holder = holderOf(taken, port.container, port.protocol)?.by ?? ''
    const note =
      holder === ''
        ? l10n.t('{0} is in use: suggested {1}', port.container, candidate)
        : l10n.t('{0} is taken by “{1}”: suggested {2}', port.container, holder, candidate)
    return { port: { ...port, host: candidate }, note }
  }
  return { port, note: l10n.t('{0} is in use: any free port is taken', port.container) }
}
