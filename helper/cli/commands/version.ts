import { PockerError } from '../../api/errors.ts'
import type { SystemVersion } from '../../api/system.ts'
import type { Command, CommandContext } from '../command.ts'
import { formatTable } from '../format/table.ts'
import { compileTemplate } from '../format/template.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'
import { VERSION } from '../version.ts'

/** `pocker version` */
export const version: Command = {
  usage: '[OPTIONS]',
  flags: [{ name: 'format', short: 'f', kind: 'text', value: 'string', help: "'json', or a Go template" }],
  words: { least: 0, most: 0 },
  run: async (context) => {
    const { flags, io } = context
    const { server, error } = await serverVersion(context)
    const client = clientVersion()
    const format = flags.text('format') || undefined
    const all = { Client: client, Server: server ?? null }
    if (format === undefined) await write(io.stdout, describe(client, server))
    else await write(io.stdout, `${format === 'json' ? JSON.stringify(all) : compileTemplate(format)(all)}\n`)
    // The client's own version is worth printing even when nobody answers.
    if (error !== undefined) throw error
    return 0
  },
}

async function serverVersion({ client }: CommandContext): Promise<{ server?: SystemVersion; error?: unknown }> {
  try {
    return { server: answeredObject<SystemVersion>(await client.json('GET', '/version')) }
  } catch (error) {
    if (!(error instanceof PockerError)) throw error
    return { error }
  }
}

interface ClientVersion {
  readonly Version: string
  readonly ApiVersion: string
  readonly NodeVersion: string
  readonly Os: string
  readonly Arch: string
}

function clientVersion(): ClientVersion {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  return { Version: VERSION, ApiVersion: '1.47', NodeVersion: process.version, Os: process.platform, Arch: arch }
}

function describe(client: ClientVersion, server: SystemVersion | undefined): string {
  const ours = [
    [' Version:', client.Version],
    [' API version:', client.ApiVersion],
    [' Node version:', client.NodeVersion],
    [' OS/Arch:', `${client.Os}/${client.Arch}`],
  ]
  const first = `Client:\n${table(ours)}`
  if (server === undefined) return first
  const name = server.Platform?.Name ?? ''
  const engine = [
    ['  Version:', server.Version],
    ['  API version:', `${server.ApiVersion} (minimum version ${server.MinAPIVersion})`],
    ['  Git commit:', server.GitCommit],
    ['  Built:', server.BuildTime],
    ['  OS/Arch:', `${server.Os}/${server.Arch}`],
    ['  Kernel:', server.KernelVersion],
  ].filter(([, value]) => value)
  const components = (server.Components ?? []).filter((component) => component.Name !== 'Engine')
  const others = components.map((component) => ` ${component.Name}:\n${table([['  Version:', component.Version]])}`)
  return `${first}\nServer:${name === '' ? '' : ` ${name}`}\n Engine:\n${table(engine)}${others.join('')}`
}

function table(rows: readonly (readonly string[])[]): string {
  return formatTable(rows, { minWidth: 20, padding: 1 })
}
