import type { FlagSpec, Flags } from './flags.ts'
import type { Client } from './http/client.ts'
import type { Io } from './io.ts'
import type { Target } from './target.ts'

/** A subcommand: what it takes, and what it does. Its module is loaded only when it is asked for. */
export interface Command {
  /** What follows the command's name in its usage line. */
  readonly usage: string
  readonly flags: readonly FlagSpec[]
  /** How many words it takes besides flags. */
  readonly words: { readonly least: number; readonly most: number; readonly lessWith?: { readonly flag: string; readonly least: number } }
  /** The first word ends the flags: what follows belongs to another command. */
  readonly stopAtWord?: true
  /** It talks to no engine: an engine named in the environment does not concern it. */
  readonly local?: true
  /** Does it; resolves to the exit code. */
  run(context: CommandContext): Promise<number>
}

export interface CommandContext {
  readonly flags: Flags
  readonly words: readonly string[]
  readonly io: Io
  readonly client: Client
  readonly target: Target
}

/** As many words as anybody likes. */
export const ANY = Number.POSITIVE_INFINITY
