import type { HostConfig } from '../../api/host-config.ts'
import { capabilityName, resolveCapabilities } from '../capabilities.ts'
import type { HostFacts } from './host-facts.ts'
import { invalid } from './refuse.ts'

/**
 * The container's capabilities: what CapAdd, CapDrop and Privileged come to, as far as the helper itself has them.
 * A helper in a container or virtual machine may lack some: `ALL`, privileged and the defaults then mean the rest, as in moby,
 * but one that was asked for by name is an error.
 * Errors: `unknown-capability`, `capability-not-held`.
 */
export function planCapabilities(config: HostConfig, host: Pick<HostFacts, 'lastCapability' | 'heldCapabilities'>): readonly number[] {
  const request = { drop: config.CapDrop ?? [], privileged: config.Privileged === true, lastCapability: host.lastCapability }
  const held = new Set(host.heldCapabilities)
  const named = (config.CapAdd ?? []).filter((name) => name.toUpperCase() !== 'ALL')
  const missing = resolveCapabilities({ ...request, privileged: false, add: named, drop: ['ALL'] }).find((number) => !held.has(number))
  if (missing !== undefined && !request.privileged) {
    throw invalid('capability-not-held', `add capability '${capabilityName(missing)}': the helper itself does not have it here`)
  }
  return resolveCapabilities({ ...request, add: config.CapAdd ?? [] }).filter((number) => held.has(number))
}
