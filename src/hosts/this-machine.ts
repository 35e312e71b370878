/** The engines of the machine that the extension runs on. */
import { homedir } from 'node:os'
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import { codeOf } from '../client/engine-problem.ts'
import { socketConnect } from '../client/socket-connect.ts'
import { sentenceOf } from '../errors/words.ts'
import { EngineHost } from './engine-host.ts'
import type { Host } from './host.ts'
import { enginePlaces, findEngines } from './local/find-engines.ts'
import { namedSocket } from './local/named-socket.ts'
import { ownSocket, type Surroundings } from './local/surroundings.ts'
import { watchPlaces } from './local/watch-places.ts'

export interface OwnHostOptions {
  /** `pocker.socket`. */
  readonly socketSetting?: string
  /** See `EngineHostOptions`. */
  readonly wake?: (() => Promise<boolean>) | undefined
}

/** Pocker's own host. Containers need a Linux kernel: elsewhere there is none to look for. */
export function ownHost(surroundings: Surroundings, { socketSetting, wake }: OwnHostOptions = {}): Host | undefined {
  if (surroundings.platform !== 'linux') return undefined
  const socket = namedSocket(surroundings, socketSetting) ?? ownSocket(surroundings)
  return socketHost({ id: 'local', label: l10n.t('this machine'), kind: 'local' }, socket, { wake })
}

/** Docker's and Podman's sockets that are there now, but for those that are known. */
export async function foundHosts(surroundings: Surroundings, isKnown: (id: string) => boolean = () => false): Promise<readonly Host[]> {
  if (surroundings.platform !== 'linux') return []
  const engines = (await findEngines(surroundings, homedir())).filter(({ id }) => !isKnown(id))
  // Who says by POCKER_HOST which engine is meant, means no other than those that are named in the same way.
  const meant = namedSocket(surroundings) === undefined ? engines : engines.filter(({ id }) => id === 'docker-host')
  return meant.map(({ id, label, socket, access }) => {
    const denied = access.kind === 'denied' ? access.reason : undefined
    return socketHost({ id, label, kind: 'socket' }, socket, { denied })
  })
}

/** Calls `came` when one may have come, until it is disposed of. */
export function watchForHosts(surroundings: Surroundings, came: () => void): Disposable {
  return watchPlaces(surroundings.platform === 'linux' ? enginePlaces(surroundings, homedir()) : [], came)
}

interface SocketHostOptions {
  readonly wake?: (() => Promise<boolean>) | undefined
  /** Why this user may not open the socket, where more is known than that. */
  readonly denied?: string | undefined
}

function socketHost(named: Pick<Host, 'id' | 'label' | 'kind'>, socket: string, { wake, denied }: SocketHostOptions): Host {
  return new EngineHost({
    ...named,
    connect: socketConnect(socket),
    address: `unix://${socket}`,
    reuse: false,
    startsOnDemand: named.kind === 'local',
    ...(wake === undefined ? {} : { wake }),
    words: (error) => (codeOf(error) === 'engine-denied' ? (denied ?? sentenceOf(error)) : sentenceOf(error)),
  })
}
