import type { EngineEvent } from '../../api/system.ts'
import type { EngineContext } from '../context.ts'
import type { Container } from './container.ts'

/** Tells everyone who listens what happened to a container. */
export function tell(
  context: EngineContext,
  container: Container,
  action: string,
  attributes: Readonly<Record<string, string>> = {},
): void {
  const { record } = container
  const event: EngineEvent = {
    status: action,
    id: container.id,
    from: record.image.name,
    Type: 'container',
    Action: action,
    Actor: { ID: container.id, Attributes: { ...record.config.Labels, ...attributes, image: record.image.name, name: record.name } },
    scope: 'local',
    ...now(),
  }
  context.events.emit(event)
}

function now(): { time: number; timeNano: number } {
  const milliseconds = Date.now()
  return { time: Math.floor(milliseconds / 1000), timeNano: milliseconds * 1_000_000 }
}
