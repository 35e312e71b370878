import type { SystemInfo } from '../../api/system.ts'
import type { Command } from '../command.ts'
import { harmless } from '../failure.ts'
import { humanMemory } from '../format/human.ts'
import { compileTemplate } from '../format/template.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'
import { VERSION } from '../version.ts'

/** `pocker info` */
export const info: Command = {
  usage: '[OPTIONS]',
  flags: [{ name: 'format', short: 'f', kind: 'text', value: 'string', help: "'json', or a Go template" }],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const answer = answeredObject<SystemInfo>(await client.json('GET', '/info'))
    const format = flags.text('format') || undefined
    if (format !== undefined) {
      await write(io.stdout, `${format === 'json' ? JSON.stringify(answer) : compileTemplate(format)(answer)}\n`)
      return 0
    }
    await write(io.stdout, describe(answer))
    for (const warning of answer.Warnings ?? []) await write(io.stderr, `${harmless(warning)}\n`)
    return 0
  },
}

/** Follows prettyPrintInfo of the Docker CLI, without what no Pocker has. */
function describe(info: SystemInfo): string {
  const lines = [
    'Client:',
    ` Version:    ${VERSION}`,
    '',
    'Server:',
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
    ...filled('Server Version', info.ServerVersion),
    ...filled('Storage Driver', info.Driver),
    ...(info.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ...filled('Logging Driver', info.LoggingDriver),
    ...filled('Cgroup Driver', info.CgroupDriver),
    ...filled('Cgroup Version', info.CgroupVersion),
    ' Plugins:',
    `  Volume: ${(info.Plugins?.Volume ?? []).join(' ')}`,
    `  Network: ${(info.Plugins?.Network ?? []).join(' ')}`,
    `  Log: ${(info.Plugins?.Log ?? []).join(' ')}`,
    ` Runtimes: ${Object.keys(info.Runtimes ?? {}).join(' ')}`,
    ` Default Runtime: ${info.DefaultRuntime}`,
    ...securityLines(info.SecurityOptions ?? []),
    ...filled('Kernel Version', info.KernelVersion),
    ...filled('Operating System', info.OperatingSystem),
    ...filled('OSType', info.OSType),
    ...filled('Architecture', info.Architecture),
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${humanMemory(info.MemTotal)}`,
    ...filled('Name', info.Name),
    ...filled('ID', info.ID),
    // Docker's label, so that scripts find it.
    ` Docker Root Dir: ${info.DockerRootDir}`,
    ` Debug Mode: ${info.Debug}`,
    ...((info.Labels ?? []).length === 0 ? [] : [' Labels:', ...info.Labels.map((label) => `  ${label}`)]),
    ` Experimental: ${info.ExperimentalBuild}`,
    ` Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    '',
  ]
  return lines.map((line) => `${harmless(line)}\n`).join('')
}

function filled(name: string, value: string): string[] {
  return value ? [` ${name}: ${value}`] : []
}

/** `name=seccomp,profile=builtin` as two lines. */
function securityLines(options: readonly string[]): string[] {
  const lines = options.flatMap((option) => {
    const fields = new Map(option.split(',').map((field) => [field.split('=', 1)[0] ?? '', field.slice(field.indexOf('=') + 1)]))
    const profile = fields.get('profile')
    return [`  ${fields.get('name') ?? option}`, ...(profile === undefined ? [] : [`   Profile: ${profile}`])]
  })
  return lines.length === 0 ? [] : [' Security Options:', ...lines]
}
