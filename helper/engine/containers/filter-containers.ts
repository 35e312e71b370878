/** Docker's filters over containers. */
import { PockerError } from '../../api/errors.ts'
import type { Filters } from '../../http/backend.ts'
import { describeEndpoints } from '../networks/describe-endpoints.ts'
import type { Networks } from '../networks/networks.ts'
import type { Registry } from '../registry.ts'
import type { Container } from './container.ts'

type Test = (container: Container, value: string, look: Look) => boolean

/** Where what a filter names is looked for. */
export interface Look {
  readonly registry: Registry
  readonly networks: Networks
}

const STATUSES = new Set(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'])

const HEALTHS = new Set(['none', 'starting', 'healthy', 'unhealthy'])

const TESTS: Readonly<Record<string, Test>> = {
  id: (container, value) => container.id.startsWith(value),
  // Docker takes it as a pattern that may match anywhere, with or without the leading slash.
  name: (container, value) => matches(value, container.record.name) || matches(value, `/${container.record.name}`),
  label: (container, value) => hasLabel(container, value),
  'label!': (container, value) => !hasLabel(container, value),
  status: (container, value) => container.status === value,
  exited: (container, value) =>
    container.status === 'exited' && container.record.state.startedAt !== '' && container.record.state.exitCode === Number(value),
  ancestor: (container, value) => isMadeOf(container, value),
  before: (container, value, { registry }) => container.record.created < registry.find(value).record.created,
  since: (container, value, { registry }) => container.record.created > registry.find(value).record.created,
  until: (container, value) => container.record.created < moment(value),
  volume: (container, value) =>
    container.record.mounts.some(({ point }) => point !== undefined && [point.Name, point.Destination, point.Source].includes(value)),
  network: (container, value, { networks }) =>
    Object.entries(describeEndpoints(networks, container)).some(([name, { NetworkID }]) => name === value || NetworkID === value),
  health: (container, value) => (container.record.state.health?.Status ?? 'none') === value,
  publish: (container, value) =>
    container.joined !== undefined && (container.record.published ?? []).some((port) => isPort(value, { ...port, port: port.hostPort })),
  expose: (container, value) =>
    Object.keys(container.record.config.ExposedPorts ?? {}).some((port) => port === value || port.startsWith(`${value}/`)),
  'is-task': (_, value) => !isTrue(value),
  isolation: (_, value) => value === '' || value === 'default',
}

/**
 * The containers that meet every filter, of each one value at least (`label` and `label!`: all of them).
 * Errors: InvalidParameter `unknown-filter`, `bad-filter`; NotFound for a container that a filter names.
 */
export function filterContainers(containers: readonly Container[], filters: Filters, look: Look): Container[] {
  for (const [name, values] of filters) checkFilter(name, values)
  return containers.filter((container) =>
    [...filters].every(([name, values]) => {
      const test = TESTS[name]
      if (test === undefined || values.length === 0) return true
      const meets = (value: string) => test(container, value, look)
      return name.startsWith('label') ? values.every(meets) : values.some(meets)
    }),
  )
}

function checkFilter(name: string, values: readonly string[]): void {
  if (!Object.hasOwn(TESTS, name)) throw invalid('unknown-filter', `filter containers by "${name}": there is no such filter`)
  for (const value of values) {
    if (name === 'status' && !STATUSES.has(value))
      throw invalid('bad-filter', `filter containers by status "${value}": there is no such status`)
    if (name === 'health' && !HEALTHS.has(value))
      throw invalid('bad-filter', `filter containers by health "${value}": it must be none, starting, healthy or unhealthy`)
    if (name === 'exited' && !/^\d+$/.test(value))
      throw invalid('bad-filter', `filter containers by exit code "${value}": it must be a number`)
  }
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern).test(name)
  } catch {
    // Not a pattern: then it is meant as it stands.
    return name.includes(pattern)
  }
}

function hasLabel(container: Container, value: string): boolean {
  const [name = '', ...rest] = value.split('=')
  const label = container.record.config.Labels?.[name]
  return rest.length === 0 ? label !== undefined : label === rest.join('=')
}

function isMadeOf(container: Container, value: string): boolean {
  const { id, name } = container.record.image
  const plain = id.replace(/^sha256:/, '')
  return (
    name === value ||
    name === `${value}:latest` ||
    `${name}:latest` === value ||
    (value.length >= 4 && (id.startsWith(value) || plain.startsWith(value)))
  )
}

/** Seconds since 1970, RFC 3339, or how long ago (`24h`). */
function moment(value: string): number {
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000
  const ago = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(value)
  if (ago !== null && value !== '') return Date.now() - (Number(ago[1] ?? 0) * 3600 + Number(ago[2] ?? 0) * 60 + Number(ago[3] ?? 0)) * 1000
  const time = Date.parse(value)
  if (Number.isNaN(time)) throw invalid('bad-filter', `filter containers until "${value}": it is not a moment`)
  return time
}

/** `80`, `80/udp`, `8000-8010/tcp`. */
function isPort(value: string, { port, protocol }: { port: number; protocol: string }): boolean {
  const [, low = '', high = low, wanted = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(value) ?? []
  return low !== '' && port >= Number(low) && port <= Number(high) && protocol === wanted
}

function isTrue(value: string): boolean {
  return value === '1' || value.toLowerCase() === 'true'
}

function invalid(code: string, message: string): PockerError {
  return new PockerError('InvalidParameter', message, { code })
}
