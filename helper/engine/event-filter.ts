/** Which events a client asked for, by dockerd's rules (`daemon/events/filter.go`). */
import type { EngineEvent } from '../api/system.ts'
import type { Filters } from '../http/backend.ts'

/** Actions that carry details after a colon: asked for without these, every one of them is meant. */
const DETAILED = ['exec_create', 'exec_start', 'health_status']
/** Types whose events can be asked for by the actor's name or the beginning of its ID. */
const NAMED = ['container', 'daemon', 'network', 'volume'] as const

/** Whether the event passes all filters. Names that no event has are ignored, as dockerd does. */
export function matchesEvent(filters: Filters, event: EngineEvent): boolean {
  return (
    matchesAction(filters, event.Action) &&
    isAsked(filters, 'type', [event.Type]) &&
    isAsked(filters, 'scope', [event.scope]) &&
    NAMED.every((type) => begins(filters, type, [event.Actor.ID, event.Actor.Attributes.name])) &&
    matchesImage(filters, event) &&
    matchesLabels(filters, event.Actor.Attributes)
  )
}

function matchesAction(filters: Filters, action: string): boolean {
  const isDetailed = filters.get('event')?.some((asked) => DETAILED.includes(asked)) ?? false
  return isDetailed ? begins(filters, 'event', [action]) : isAsked(filters, 'event', [action])
}

function matchesImage(filters: Filters, { Type, Actor }: EngineEvent): boolean {
  const name = Actor.Attributes[Type === 'image' ? 'name' : 'image'] ?? ''
  return isAsked(filters, 'image', [Actor.ID, name, withoutTag(Actor.ID), withoutTag(name)])
}

/** All of them, unlike other filters. */
function matchesLabels(filters: Filters, attributes: Readonly<Record<string, string>>): boolean {
  return (filters.get('label') ?? []).every((asked) => {
    const equals = asked.indexOf('=')
    const key = equals === -1 ? asked : asked.slice(0, equals)
    return Object.hasOwn(attributes, key) && (equals === -1 || attributes[key] === asked.slice(equals + 1))
  })
}

/** A colon after the last slash begins a tag; one before it is a registry's port. */
function withoutTag(name: string): string {
  const digest = name.indexOf('@')
  const plain = digest === -1 ? name : name.slice(0, digest)
  const colon = plain.lastIndexOf(':')
  return colon > plain.lastIndexOf('/') ? plain.slice(0, colon) : plain
}

function isAsked(filters: Filters, key: string, values: readonly string[]): boolean {
  const asked = filters.get(key) ?? []
  return asked.length === 0 || values.some((value) => asked.includes(value))
}

function begins(filters: Filters, key: string, values: readonly (string | undefined)[]): boolean {
  const asked = filters.get(key) ?? []
  return asked.length === 0 || asked.some((prefix) => values.some((value) => value?.startsWith(prefix) === true))
}
