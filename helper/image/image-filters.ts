import { PockerError } from '../api/errors.ts'
import { findImage } from './find-image.ts'
import { imageReferences } from './image-references.ts'
import { parseMoment } from './moment.ts'
import type { ImageRecord } from './records.ts'

type Filters = ReadonlyMap<string, readonly string[]>
type Test = (record: ImageRecord) => boolean

interface FilterContext {
  readonly records: readonly ImageRecord[]
  /** Milliseconds since 1970. */
  readonly now: number
}

const LIST = new Set(['reference', 'dangling', 'label', 'label!', 'before', 'since', 'until'])
const PRUNE = new Set(['dangling', 'label', 'label!', 'until'])

/**
 * The images that pass Docker's filters. Of the values of `reference` and `dangling` any may match, of the others all must.
 * Errors: `unknown-filter`, `bad-filter`, and those of `findImage`.
 */
export function filterImages(context: FilterContext, filters: Filters): ImageRecord[] {
  return passing(context, filters, LIST)
}

/** As `filterImages`, with the filters of `prune`. Without `dangling` only images without a tag pass. */
export function filterPrunable(context: FilterContext, filters: Filters): ImageRecord[] {
  const { dangling, others } = splitDangling(filters)
  const found = passing(context, others, PRUNE)
  return dangling ? found.filter(({ tags }) => tags.length === 0) : found
}

/** For prune `dangling=false` means all images, not those with a tag. */
function splitDangling(filters: Filters): { dangling: boolean; others: Filters } {
  const others = new Map(filters)
  others.delete('dangling')
  return { dangling: (filters.get('dangling') ?? ['true']).every(parseBoolean), others }
}

function passing(context: FilterContext, filters: Filters, known: ReadonlySet<string>): ImageRecord[] {
  const tests = [...filters].map(([name, values]) => {
    if (known.has(name)) return filterTest(name, values, context)
    throw new PockerError('InvalidParameter', `filter images: invalid filter '${name}'`, { code: 'unknown-filter' })
  })
  return context.records.filter((record) => tests.every((test) => test(record)))
}

function filterTest(name: string, values: readonly string[], { records, now }: FilterContext): Test {
  const createdOf = (value: string) => findImage(records, value).record.created
  switch (name) {
    case 'reference': {
      const patterns = values.map(globPattern)
      return (record) => {
        const names = imageReferences(record).flatMap(({ familiar, repository }) => [familiar, repository])
        return patterns.some((pattern) => names.some((found) => pattern.test(found)))
      }
    }
    case 'dangling': {
      const wanted = values.map(parseBoolean)
      return ({ tags }) => wanted.includes(tags.length === 0)
    }
    case 'label':
      return ({ config }) => values.every((value) => hasLabel(config.Labels ?? {}, value))
    case 'label!':
      return ({ config }) => !values.some((value) => hasLabel(config.Labels ?? {}, value))
    case 'before':
      return isBefore(values.map(createdOf))
    case 'since': {
      const limits = values.map(createdOf)
      return ({ created }) => limits.every((limit) => created > limit)
    }
    default:
      return isBefore(values.map((value) => parseMoment(value, now)))
  }
}

function isBefore(limits: readonly number[]): Test {
  return ({ created }) => limits.every((limit) => created < limit)
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const equals = wanted.indexOf('=')
  if (equals < 0) return Object.hasOwn(labels, wanted)
  const key = wanted.slice(0, equals)
  return Object.hasOwn(labels, key) && labels[key] === wanted.slice(equals + 1)
}

function parseBoolean(text: string): boolean {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw new PockerError('InvalidParameter', `filter images: 'dangling=${text}' must be true or false`, { code: 'bad-filter' })
}

/** Go's path.Match: `*` and `?` stay within one part of the path, `[…]` is a set. Stars in a row are one, so matching stays quick. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*+|\?|\[\^?[^\]]+\]|[\s\S]/g, (token) => {
    if (token.startsWith('*')) return '[^/]*'
    if (token === '?') return '[^/]'
    if (token.length > 1 && token.startsWith('[')) return `[${token.slice(1, -1).replace(/[\\[]/g, '\\$&')}]`
    return token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  try {
    return new RegExp(`^${source}$`)
  } catch (cause) {
    throw new PockerError('InvalidParameter', `filter images: 'reference=${glob}' is not a pattern`, { code: 'bad-filter', cause })
  }
}
