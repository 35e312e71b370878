import { PockerError } from '../api/errors.ts'
import type { Command } from './command.ts'
import type { CommandEntry } from './commands.ts'
import { COMMANDS } from './commands.ts'
import { tellFailure } from './failure.ts'
import type { FlagSpec, Flags } from './flags.ts'
import { parseArguments } from './flags.ts'
import { Client } from './http/client.ts'
import type { Io } from './io.ts'
import { write } from './io.ts'
import { openConnection } from './open-connection.ts'
import { findTarget } from './target.ts'

const API_VERSION = '/v1.47'

const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'socket', kind: 'text', value: 'path', help: "The helper's socket" },
  {
    name: 'host',
    short: 'H',
    kind: 'text',
    value: 'host',
    help: "The engine's address (unix:///path or ssh://user@host)",
    means: 'socket',
  },
  { name: 'version', short: 'v', kind: 'switch', help: 'Print version information and quit' },
  { name: 'help', short: 'h', kind: 'switch', help: 'Print help and quit' },
]

const HELP: FlagSpec = { name: 'help', kind: 'switch', help: 'Print usage', hidden: true }
const SOCKET: FlagSpec = { name: 'socket', kind: 'text', value: 'path', help: "The helper's socket", hidden: true }

/** Runs the command line `args` (without the program's own name); resolves to the exit code. Never rejects. */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  const told = { command: '' }
  try {
    return await dispatch(args, io, told)
  } catch (error) {
    const failure = tellFailure(error, told.command)
    await write(io.stderr, failure.text)
    return failure.exitCode
  }
}

async function dispatch(args: readonly string[], io: Io, told: { command: string }): Promise<number> {
  const global = parseArguments(GLOBAL_FLAGS, args, { stopAtPositional: true })
  if (global.flags.on('version')) return printVersion(io)
  if (global.positionals.length === 0 || global.flags.on('help'))
    return printHelp(io, [], global.positionals.length === 0 ? 'no-command' : 'asked')
  if (global.positionals[0] === 'help') return printHelp(io, global.positionals.slice(1), 'asked')

  const { entry, rest } = findCommand(global.positionals)
  told.command = entry.name
  if (entry.load === undefined)
    return rest[0] === undefined || rest[0] === '--help' ? printHelp(io, [entry.name], 'asked') : unknownCommand(`${entry.name} ${rest[0]}`)
  const command = await entry.load()
  const { flags, positionals } = parseArguments(withCommonFlags(command), rest, { stopAtPositional: command.stopAtWord === true })
  if (flags.on('help')) return printHelp(io, entry.name.split(' '), 'asked')
  checkWords(entry.name, command, flags, positionals)

  const environment = command.local === true ? { ...io.env, DOCKER_HOST: undefined } : io.env
  const target = findTarget(flags.text('socket') ?? global.flags.text('socket'), environment, process.getuid?.())
  const client = new Client(openConnection(target, io.env), target.foreign ? '' : API_VERSION)
  try {
    return await command.run({ flags, words: positionals, io, client, target })
  } finally {
    client.close()
  }
}

/** The entry of the longest name that the words begin with, and the words after it. Errors: `unknown-command`. */
function findCommand(words: readonly string[]): { entry: CommandEntry; rest: readonly string[] } {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const entry = COMMANDS.find((known) => known.name === name || known.aliases?.includes(name))
    if (entry !== undefined) return { entry, rest: words.slice(length) }
  }
  return unknownCommand(words[0] ?? '')
}

function unknownCommand(name: string): never {
  throw new PockerError('InvalidParameter', `unknown command: pocker ${name}`, {
    code: 'unknown-command',
    hint: "'pocker help' lists all commands",
  })
}

/** `-h` is help too, unless the command means something else by it, as `run -h NAME` does. */
function withCommonFlags(command: Command): readonly FlagSpec[] {
  const help = command.flags.some((flag) => flag.short === 'h') ? HELP : { ...HELP, short: 'h' }
  const socket = command.flags.some((flag) => flag.name === 'socket') ? [] : [SOCKET]
  return [...command.flags, help, ...socket]
}

function checkWords(name: string, command: Command, flags: Flags, words: readonly string[]): void {
  const { least, most, lessWith } = command.words
  const needed = lessWith !== undefined && flags.has(lessWith.flag) ? lessWith.least : least
  if (words.length >= needed && words.length <= most) return
  const count = least === most ? `exactly ${least}` : words.length < needed ? `at least ${least}` : `at most ${most}`
  const message =
    most === 0
      ? `'pocker ${name}' accepts no arguments`
      : `'pocker ${name}' requires ${count} argument${(words.length < needed ? least : most) === 1 ? '' : 's'}`
  throw new PockerError('InvalidParameter', message, { code: 'missing-argument' })
}

async function printHelp(io: Io, words: readonly string[], reason: 'asked' | 'no-command'): Promise<number> {
  const { helpText } = await import('./help.ts')
  await write(io.stdout, await helpText(words, GLOBAL_FLAGS))
  return reason === 'asked' ? 0 : 1
}

async function printVersion(io: Io): Promise<number> {
  const { VERSION } = await import('./version.ts')
  await write(io.stdout, `Pocker version ${VERSION}\n`)
  return 0
}
