import { PockerError } from '../api/errors.ts'

/** One flag of a command. A switch takes no argument of its own (`--rm`, `--rm=false`), a text keeps its last value, a list all of them. */
export interface FlagSpec {
  readonly name: string
  readonly short?: string
  readonly kind: 'switch' | 'text' | 'list'
  /** The word for its value in the help text, as Docker prints it (`string`, `list`, `bytes`). */
  readonly value?: string
  readonly help: string
  /** Accepted, but not in the help text. */
  readonly hidden?: true
  /** Another spelling of the flag of this name. */
  readonly means?: string
  /** A switch that is on unless turned off. */
  readonly initially?: true
}

export interface ParsedArguments {
  readonly flags: Flags
  readonly positionals: readonly string[]
}

/**
 * Parses arguments by the grammar of Go's pflag, which Docker's command line uses: `--name value`, `--name=value`, `-n value`,
 * `-nvalue`, `-n=value`, bundled `-it`, `--` ends the flags.
 * With `stopAtPositional` the first word that is no flag ends them too: what follows belongs to the container's command.
 * Errors: `unknown-flag`, `flag-needs-argument`, `invalid-flag-value`.
 */
export function parseArguments(
  specs: readonly FlagSpec[],
  args: readonly string[],
  options: { stopAtPositional: boolean },
): ParsedArguments {
  const flags = new Flags(specs)
  const positionals: string[] = []
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? ''
    if (word === '--') return { flags, positionals: [...positionals, ...args.slice(index + 1)] }
    if (word.length < 2 || !word.startsWith('-')) {
      if (options.stopAtPositional) return { flags, positionals: args.slice(index) }
      positionals.push(word)
      continue
    }
    const next = word.startsWith('--') ? parseLong(flags, word, args[index + 1]) : parseShort(flags, word, args[index + 1])
    if (next === 'taken') index++
  }
  return { flags, positionals }
}

/** Whether the word after the flag was its value. */
type Next = 'taken' | 'left'

function parseLong(flags: Flags, word: string, following: string | undefined): Next {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
  if (name === '' || name.startsWith('-')) throw usage('unknown-flag', `bad flag syntax: ${word}`)
  const spec = flags.named(name)
  if (spec === undefined) throw usage('unknown-flag', `unknown flag: --${name}`)
  if (equals >= 0) return set(flags, spec, word.slice(equals + 1))
  if (spec.kind === 'switch') return set(flags, spec, 'true')
  if (following === undefined) throw usage('flag-needs-argument', `flag needs an argument: ${word}`)
  set(flags, spec, following)
  return 'taken'
}

function parseShort(flags: Flags, word: string, following: string | undefined): Next {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? ''
    const spec = flags.lettered(letter)
    if (spec === undefined) throw usage('unknown-flag', `unknown shorthand flag: '${letter}' in ${word}`)
    const rest = word.slice(at + 1)
    if (rest.length > 1 && rest.startsWith('=')) return set(flags, spec, rest.slice(1))
    if (spec.kind === 'switch') {
      set(flags, spec, 'true')
      continue
    }
    if (rest !== '') return set(flags, spec, rest)
    if (following === undefined) throw usage('flag-needs-argument', `flag needs an argument: '${letter}' in ${word}`)
    set(flags, spec, following)
    return 'taken'
  }
  return 'left'
}

function set(flags: Flags, spec: FlagSpec, value: string): Next {
  flags.add(spec, value)
  return 'left'
}

/** The flags given to one command, by their long names. */
export class Flags {
  readonly #specs: readonly FlagSpec[]
  readonly #given = new Map<string, string[]>()

  constructor(specs: readonly FlagSpec[]) {
    this.#specs = specs
  }

  /** The spec of a long name. */
  named(name: string): FlagSpec | undefined {
    return this.#specs.find((spec) => spec.name === name)
  }

  /** The spec of a short name. */
  lettered(letter: string): FlagSpec | undefined {
    return this.#specs.find((spec) => spec.short === letter)
  }

  /** Records one occurrence. Errors: `invalid-flag-value` for a switch that is no truth value. */
  add(spec: FlagSpec, value: string): void {
    const name = spec.means ?? spec.name
    if (spec.kind === 'switch') blame(spec, value, parseTruth)
    const values = this.#given.get(name)
    if (values === undefined) this.#given.set(name, [value])
    else values.push(value)
  }

  /** How many different flags were given. */
  get size(): number {
    return this.#given.size
  }

  /** Whether the flag was given at all. */
  has(name: string): boolean {
    return this.#values(name).length > 0
  }

  /** A switch's state. */
  on(name: string): boolean {
    const value = this.#values(name).at(-1)
    return value === undefined ? this.#spec(name).initially === true : parseTruth(value)
  }

  /** The last value given; undefined when the flag is absent. */
  text(name: string): string | undefined {
    return this.#values(name).at(-1)
  }

  /** All values given, in order. */
  list(name: string): readonly string[] {
    return this.#values(name)
  }

  /** The last value, parsed. Errors: `invalid-flag-value` naming flag and value. */
  parsed<T>(name: string, parse: (value: string) => T): T | undefined {
    const value = this.#values(name).at(-1)
    return value === undefined ? undefined : blame(this.#spec(name), value, parse)
  }

  /** All values, parsed. Errors: `invalid-flag-value` naming flag and value. */
  parsedList<T>(name: string, parse: (value: string) => T): T[] {
    return this.#values(name).map((value) => blame(this.#spec(name), value, parse))
  }

  #values(name: string): readonly string[] {
    return this.#given.get(this.#spec(name).name) ?? []
  }

  #spec(name: string): FlagSpec {
    const spec = this.named(name)
    if (spec === undefined) throw new TypeError(`no flag is called "${name}"`)
    return spec
  }
}

/** Runs a grammar on a flag's value; its error then names the flag, in Docker's words. */
function blame<T>(spec: FlagSpec, value: string, parse: (value: string) => T): T {
  try {
    return parse(value)
  } catch (error) {
    if (!(error instanceof PockerError)) throw error
    const flag = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`
    throw usage('invalid-flag-value', `invalid argument "${value}" for "${flag}" flag: ${error.message}`, error)
  }
}

/** Go's strconv.ParseBool. */
export function parseTruth(value: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)) return false
  throw new PockerError('InvalidParameter', `parse truth value: "${value}" is neither true nor false`, { code: 'invalid-truth-value' })
}

function usage(code: string, message: string, cause?: unknown): PockerError {
  return new PockerError('InvalidParameter', message, { code, cause })
}
