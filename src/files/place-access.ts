/** From a place to what can be done there, through whatever its host is at this moment. */
import { EngineError } from '../client/engine-error.ts'
import type { Host } from '../hosts/host.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { archiveFiles } from './archive-files.ts'
import type { Files } from './files.ts'
import type { Place } from './place.ts'
import { pockerFiles } from './pocker-files.ts'

/** The files of a place. Waits for a host that is still being tried: an editor may come back before any view has been seen. Errors: EngineError `no-such-host`. */
export async function filesOf(hosts: Hosts, place: Place): Promise<Files> {
  const host = await hostOfPlace(hosts, place)
  return isPocker(host) ? pockerFiles(host.client, place) : archiveFiles(host.client, place)
}

/** The host of a place. Errors: EngineError `no-such-host`. */
export async function hostOfPlace(hosts: Hosts, { hostId }: Place): Promise<Host> {
  const known = hosts.find(hostId)
  if (known !== undefined && known.state.kind !== 'connecting') return known
  await hosts.settled()
  const host = hosts.find(hostId)
  if (host === undefined) throw new EngineError('no-such-host', `there is no host "${hostId}"`)
  return host
}

/** Whether the host has Pocker's endpoints. One that cannot be reached counts as one: what is asked of it fails by itself, and says why. */
export function isPocker({ state }: Host): boolean {
  return state.kind !== 'ready' || state.engine.isPocker
}
