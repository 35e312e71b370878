import { z } from 'zod'

/** A string that can become a C string: nothing that reaches the kernel may be cut short by a NUL. */
export const text = z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL character')

/** A whole number that a double holds exactly. */
export const integer = z.int()

const INT64_MIN = -(2 ** 63)
const UINT64_MAX = 2 ** 64

/**
 * A limit in bytes, microseconds or counts. Clients write "no limit" as the largest int64 or uint64, which a double cannot hold:
 * everything past 2^53 (8 PiB) becomes 2^53 - 1.
 */
export const limit = z
  .number()
  .min(INT64_MIN)
  .max(UINT64_MAX)
  .refine(Number.isInteger, 'must be a whole number')
  .transform((value) => Math.max(Math.min(value, Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER))

/** Docker's StrSlice: a list, or a single string that stands for a list of one. */
export const words = z.union([z.array(text), text.transform((word) => [word])], 'must be a list of strings')

/** A map from names to values; null values are kept out of it by the value's schema, not here, since a bare name can mean something. */
export function mapOf<T extends z.ZodType>(value: T) {
  return z.record(text, value).transform(withoutPrototype)
}

/** The map of empty objects that stands for a set of names in Docker's JSON (ExposedPorts, Volumes). */
export const nameSet = mapOf(z.unknown().transform(() => ({})))

/**
 * An object as Go clients write it: null says "not given", unknown members are passed over.
 * Give each member as `schema.exactOptional()`, so that its type is "absent or a value" and never undefined or null.
 */
export function objectOf<T extends z.ZodRawShape>(shape: T) {
  return z.preprocess(dropNulls, z.object(shape))
}

function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}

// A map that came from outside has no prototype, so `map['constructor']` finds what the client wrote or nothing.
function withoutPrototype<T>(map: Record<string, T>): Record<string, T> {
  return Object.assign(Object.create(null), map)
}

/** What Docker answers with: each member may be missing or null, as Go prints empty slices, maps and pointers. */
export type Answered<T> = { readonly [K in keyof T]?: T[K] | null }
