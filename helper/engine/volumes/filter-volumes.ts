/** Docker's filters over volumes. */
import { PockerError } from '../../api/errors.ts'
import type { Filters } from '../../http/backend.ts'
import type { StoredVolume } from '../../volume/volumes.ts'
import type { EngineContext } from '../context.ts'
import { usersOf } from './volume-use.ts'

type Test = (volume: StoredVolume, value: string, context: EngineContext) => boolean

const TESTS: Readonly<Record<string, Test>> = {
  name: ({ name }, value) => name.includes(value),
  driver: (_, value) => value === 'local',
  label: (volume, value) => hasLabel(volume, value),
  'label!': (volume, value) => !hasLabel(volume, value),
  dangling: ({ name }, value, context) => (usersOf(context, name).length === 0) === isTrue(value),
  // Of prune alone, where it is read.
  all: () => true,
}

/**
 * The volumes that meet every filter, of each one value at least (labels: all of them), by name.
 * Errors: InvalidParameter `unknown-filter`, `bad-filter`.
 */
export function filterVolumes(context: EngineContext, filters: Filters): StoredVolume[] {
  for (const [name, values] of filters) {
    if (!Object.hasOwn(TESTS, name)) throw invalid('unknown-filter', `filter volumes by "${name}": there is no such filter`)
    if (name === 'dangling' || name === 'all') for (const value of values) isTrue(value)
  }
  return context.volumes.all().filter((volume) =>
    [...filters].every(([name, values]) => {
      const test = TESTS[name]
      if (test === undefined || values.length === 0) return true
      const meets = (value: string) => test(volume, value, context)
      return name.startsWith('label') ? values.every(meets) : values.some(meets)
    }),
  )
}

function hasLabel({ record }: StoredVolume, value: string): boolean {
  const [name = '', ...rest] = value.split('=')
  if (!(name in record.labels)) return false
  return rest.length === 0 || record.labels[name] === rest.join('=')
}

/** Errors: InvalidParameter `bad-filter`. */
export function isTrue(value: string): boolean {
  if (['1', 't', 'true'].includes(value.toLowerCase())) return true
  if (['0', 'f', 'false'].includes(value.toLowerCase())) return false
  throw invalid('bad-filter', `filter volumes by "${value}": it must be true or false`)
}

function invalid(code: string, message: string): PockerError {
  return new PockerError('InvalidParameter', message, { code })
}
