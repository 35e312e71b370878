import { HostLists } from './host-lists.ts'
import { networkRowsSchema } from './network-row.ts'
import type { NetworkRow } from './rows.ts'

export type NetworkLists = HostLists<NetworkRow>

/** The networks of hosts. */
export function networkLists(): NetworkLists {
  return new HostLists((host, signal) => host.client.ask('GET', '/networks', networkRowsSchema, { signal }))
}
