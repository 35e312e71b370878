/** The engines of the machine that the extension runs on. */
import { homedir } from 'node:os'
import * as l10n from '@vscode/l10n'
import { socketConnect } from '../client/socket-connect.ts'
import { sentenceOf } from '../errors/words.ts'
import { EngineHost } from './engine-host.ts'
import type { Host } from './host.ts'
import { findEngines } from './local/find-engines.ts'
import { ownSocket, type Surroundings } from './local/surroundings.ts'

/** Pocker's own host. Containers need a Linux kernel: elsewhere there is none to look for. */
export function ownHost(surroundings: Surroundings): Host | undefined {
  if (surroundings.platform !== 'linux') return undefined
  return socketHost({ id: 'local', label: l10n.t('this machine'), kind: 'local' }, namedSocket(surroundings) ?? ownSocket(surroundings))
}

/** Docker's and Podman's sockets that are there now. */
export async function foundHosts(surroundings: Surroundings): Promise<readonly Host[]> {
  if (surroundings.platform !== 'linux') return []
  const engines = await findEngines(surroundings, homedir())
  // Who says by POCKER_HOST which engine is meant, means no other than those that are named in the same way.
  const meant = namedSocket(surroundings) === undefined ? engines : engines.filter(({ id }) => id === 'docker-host')
  return meant.map(({ id, label, socket }) => socketHost({ id, label, kind: 'socket' }, socket))
}

/** Of `POCKER_HOST` in the environment of the editor's own process: `unix:///path`. No folder can set it. */
function namedSocket({ env }: Surroundings): string | undefined {
  return /^unix:\/\/(\/[^\0]+)$/.exec(env.POCKER_HOST ?? '')?.[1]
}

function socketHost(named: Pick<Host, 'id' | 'label' | 'kind'>, socket: string): Host {
  return new EngineHost({
    ...named,
    connect: socketConnect(socket),
    address: `unix://${socket}`,
    reuse: false,
    startsOnDemand: named.kind === 'local',
    words: sentenceOf,
  })
}
