import { goPrint, goQuote } from './go-print.ts'
import { evaluationError } from './template-error.ts'

/** A function of templates: arguments in, value out. */
export type TemplateFunction = (args: readonly unknown[]) => unknown

/** Docker's template functions, and those of Go itself that people use in formats. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['json', ([value]) => JSON.stringify(value ?? null)],
  ['index', ([value, ...keys]) => keys.reduce(element, value)],
  ['join', ([list, separator]) => listOf(list).map(goPrint).join(textOf(separator))],
  ['split', ([text, separator]) => textOf(text).split(textOf(separator))],
  ['lower', ([text]) => textOf(text).toLowerCase()],
  ['upper', ([text]) => textOf(text).toUpperCase()],
  ['title', ([text]) => textOf(text).replace(/(^|[^\p{L}\p{N}_'])\p{L}/gu, (start) => start.toUpperCase())],
  ['pad', ([text, before, after]) => (text === '' ? '' : ' '.repeat(Number(before)) + textOf(text) + ' '.repeat(Number(after)))],
  ['truncate', ([text, length]) => textOf(text).slice(0, Number(length))],
  ['len', ([value]) => lengthOf(value)],
  ['print', (args) => args.map(goPrint).join(args.some((arg) => typeof arg === 'string') ? '' : ' ')],
  ['println', (args) => `${args.map(goPrint).join(' ')}\n`],
  ['printf', ([format, ...args]) => formatted(textOf(format), args)],
  ['not', ([value]) => !isTrue(value)],
  ['and', (args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1)],
  ['or', (args) => args.find(isTrue) ?? args.at(-1)],
  ['eq', ([first, ...others]) => others.some((other) => same(first, other))],
  ['ne', ([first, second]) => !same(first, second)],
  ['lt', ([first, second]) => compare(first, second) < 0],
  ['le', ([first, second]) => compare(first, second) <= 0],
  ['gt', ([first, second]) => compare(first, second) > 0],
  ['ge', ([first, second]) => compare(first, second) >= 0],
])

/** The functions when a template makes a table's header: the column's name stays as it is. */
export const HEADER_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ...FUNCTIONS,
  ...['json', 'split', 'join', 'title', 'lower', 'upper', 'truncate'].map((name): [string, TemplateFunction] => [name, ([value]) => value]),
])

function element(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) throw evaluationError('index of nothing')
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    if (typeof key !== 'number' || key < 0 || key >= list.length) throw evaluationError(`index out of range: ${goPrint(key)}`)
    return list[key]
  }
  if (typeof value !== 'object') throw evaluationError(`can't index ${goPrint(value)}`)
  // A map's missing key is its element's zero value, which prints as nothing.
  const name = String(key)
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : ''
}

function formatted(format: string, args: readonly unknown[]): string {
  let next = 0
  return format.replace(
    /%(-?)(\d*)(?:\.(\d+))?([a-z%])/g,
    (whole, left: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (next >= args.length) return `%!${verb}(MISSING)`
      const text = oneVerb(verb, args[next++], precision)
      if (text === undefined) return whole
      return left === '-' ? text.padEnd(Number(width)) : text.padStart(Number(width))
    },
  )
}

function oneVerb(verb: string, value: unknown, precision: string | undefined): string | undefined {
  switch (verb) {
    case 's':
    case 'v':
      return precision === undefined ? goPrint(value) : goPrint(value).slice(0, Number(precision))
    case 'd':
    case 't':
      return goPrint(value)
    case 'q':
      return goQuote(goPrint(value))
    case 'f':
      return Number(value).toFixed(precision === undefined ? 6 : Number(precision))
    case 'x':
      return Number(value).toString(16)
    default:
      return undefined
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value
  throw evaluationError(`join: ${goPrint(value)} is no list`)
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : goPrint(value)
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  if (typeof value === 'object' && value !== null) return Object.keys(value).length
  throw evaluationError(`len of ${goPrint(value)}`)
}

function isTrue(value: unknown): boolean {
  if (value === null || value === undefined) return false
  return typeof value === 'object' ? lengthOf(value) > 0 : Boolean(value)
}

function same(first: unknown, second: unknown): boolean {
  return first === second || ((first ?? null) === null && (second ?? null) === null)
}

function compare(first: unknown, second: unknown): number {
  if (typeof first === 'number' && typeof second === 'number') return first - second
  if (typeof first === 'string' && typeof second === 'string') return first < second ? -1 : Number(first > second)
  throw evaluationError(`incompatible types for comparison: ${goPrint(first)} and ${goPrint(second)}`)
}
