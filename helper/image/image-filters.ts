import { PockerError } from '../api/errors.ts'
import { findImage } from './find-image.ts'
import type { ImageRecord } from './records.ts'
import { familiarName, parseReference } from './reference.ts'

type Filters = ReadonlyMap<string, readonly string[]>

/**
 * The images that pass Docker's filters: `reference`, `dangling`, `label`, `before`, `since`. Of one filter's values any may match,
 * of labels all must.
 * Errors: `unknown-filter`, `bad-filter`, and those of `findImage`.
 */
export function filterImages(records: readonly ImageRecord[], filters: Filters): ImageRecord[] {
  const tests = [...filters].map(([name, values]) => filterTest(name, values, records))
  return records.filter((record) => tests.every((test) => test(record)))
}

function filterTest(name: string, values: readonly string[], records: readonly ImageRecord[]): (record: ImageRecord) => boolean {
  switch (name) {
    case 'reference': {
      const patterns = values.map(globPattern)
      return ({ tags }) =>
        patterns.some((pattern) => tags.some((tag) => pattern.test(tag) || pattern.test(familiarName(parseReference(tag)))))
    }
    case 'dangling': {
      const wanted = values.map(parseBoolean)
      return ({ tags }) => wanted.includes(tags.length === 0)
    }
    case 'label':
      return ({ config }) => values.every((value) => hasLabel(config.Labels ?? {}, value))
    case 'before': {
      const limits = values.map((value) => findImage(records, value).record.created)
      return ({ created }) => limits.every((limit) => created < limit)
    }
    case 'since': {
      const limits = values.map((value) => findImage(records, value).record.created)
      return ({ created }) => limits.every((limit) => created > limit)
    }
    default:
      throw new PockerError('InvalidParameter', `filter images: invalid filter '${name}'`, { code: 'unknown-filter' })
  }
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
