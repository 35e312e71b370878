import type { NetworkRecord } from '../../network/network-record.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'

/** Tells everyone who listens what happened to a network, and to whom in it. */
export function tellNetwork(
  context: EngineContext,
  { id, name, labels }: NetworkRecord,
  action: 'create' | 'connect' | 'disconnect' | 'destroy',
  container?: Container,
): void {
  const milliseconds = Date.now()
  context.events.emit({
    Type: 'network',
    Action: action,
    Actor: { ID: id, Attributes: { ...labels, ...(container === undefined ? {} : { container: container.id }), name, type: 'bridge' } },
    scope: 'local',
    time: Math.floor(milliseconds / 1000),
    timeNano: milliseconds * 1_000_000,
  })
}
