/** Real hosts whose engines are fake ones. */
import type { TestContext } from 'node:test'
import { socketConnect } from '../client/socket-connect.ts'
import { EngineHost } from '../hosts/engine-host.ts'
import { Hosts } from '../hosts/hosts.ts'
import type { FakeEngine } from './fake-engine.ts'

/** A host for each engine: `local`, `host1`, … */
export function hostsOf(t: TestContext, ...engines: readonly FakeEngine[]): Hosts {
  const all = engines.map(
    ({ socket }, index) =>
      new EngineHost({
        id: index === 0 ? 'local' : `host${index}`,
        label: 'this machine',
        kind: 'local',
        connect: socketConnect(socket),
        reuse: false,
        startsOnDemand: false,
        words: String,
      }),
  )
  const hosts = new Hosts(() => all)
  t.after(() => hosts.dispose())
  return hosts
}
