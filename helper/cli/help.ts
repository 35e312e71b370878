import { PockerError } from '../api/errors.ts'
import type { CommandEntry } from './commands.ts'
import { COMMANDS } from './commands.ts'
import type { FlagSpec } from './flags.ts'

const SECTIONS = [
  ['common', 'Common Commands'],
  ['management', 'Management Commands'],
  ['other', 'Commands'],
] as const

/** The help of the program (no words), of a group, or of a command. Errors: `unknown-command`. */
export async function helpText(words: readonly string[], globalFlags: readonly FlagSpec[]): Promise<string> {
  if (words.length === 0) return programHelp(globalFlags)
  const name = words.join(' ')
  const entry = COMMANDS.find((known) => known.name === name || known.aliases?.includes(name))
  if (entry === undefined) {
    throw new PockerError('InvalidParameter', `unknown command: pocker ${name}`, {
      code: 'unknown-command',
      hint: "'pocker help' lists all commands",
    })
  }
  return entry.load === undefined ? groupHelp(entry) : commandHelp(entry)
}

function programHelp(globalFlags: readonly FlagSpec[]): string {
  const sections = SECTIONS.map(([section, title]) => `${title}:\n${commandLines(COMMANDS.filter((entry) => entry.section === section))}`)
  return [
    'Usage:  pocker [OPTIONS] COMMAND\n',
    'Containers with no Docker to install\n',
    ...sections,
    `Global Options:\n${flagLines(globalFlags)}`,
    "Run 'pocker COMMAND --help' for more information on a command.\n",
  ].join('\n')
}

function groupHelp(group: CommandEntry): string {
  const members = COMMANDS.filter((entry) => entry.name.startsWith(`${group.name} `))
  const lines = commandLines(members.map((entry) => ({ ...entry, name: entry.name.slice(group.name.length + 1) })))
  return `Usage:  pocker ${group.name} COMMAND\n\n${group.summary}\n\nCommands:\n${lines}\nRun 'pocker ${group.name} COMMAND --help' for more information on a command.\n`
}

async function commandHelp(entry: CommandEntry): Promise<string> {
  const command = await entry.load?.()
  if (command === undefined) return ''
  const flags = command.flags.filter((flag) => flag.hidden !== true)
  const options = flags.length === 0 ? '' : `\nOptions:\n${flagLines(flags)}`
  return `Usage:  pocker ${entry.name} ${command.usage}\n\n${entry.summary}\n${options}`
}

function commandLines(entries: readonly CommandEntry[]): string {
  const width = Math.max(...entries.map((entry) => entry.name.length)) + 3
  return [...entries]
    .sort((a, b) => (a.section === 'common' ? 0 : a.name < b.name ? -1 : 1))
    .map((entry) => `  ${entry.name.padEnd(width)}${entry.summary}\n`)
    .join('')
}

function flagLines(flags: readonly FlagSpec[]): string {
  const named = [...flags].sort((a, b) => (a.name < b.name ? -1 : 1)).map((flag) => ({ flag, left: flagName(flag) }))
  const width = Math.max(...named.map(({ left }) => left.length)) + 3
  return named.map(({ flag, left }) => `  ${left.padEnd(width)}${flag.help}${flag.initially === true ? ' (default true)' : ''}\n`).join('')
}

function flagName({ name, short, value }: FlagSpec): string {
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
}
