import type { ContainerInspect } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { Command } from '../command.ts'
import { harmless } from '../failure.ts'
import { invalid } from '../grammar/invalid.ts'
import { answeredObject } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'

/** `pocker port` */
export const port: Command = {
  usage: 'CONTAINER [PRIVATE_PORT[/PROTO]]',
  flags: [],
  words: { least: 1, most: 2 },
  run: async ({ words: [name = '', wanted], client, io }) => {
    const { NetworkSettings } = answeredObject<ContainerInspect>(await client.json('GET', containerPath(name, 'json')))
    const ports = NetworkSettings.Ports ?? {}
    if (wanted !== undefined) {
      const found = ports[readPort(wanted)] ?? []
      if (found.length === 0) {
        throw new PockerError('NotFound', `no public port '${wanted}' published for ${name}`, { code: 'no-such-port' })
      }
      await write(io.stdout, found.map((binding) => `${harmless(printBinding(binding))}\n`).join(''))
      return 0
    }
    const lines = Object.entries(ports).flatMap(([key, bindings]) => (bindings ?? []).map((one) => `${key} -> ${printBinding(one)}`))
    const sorted = lines.toSorted((left, right) => Number.parseInt(left, 10) - Number.parseInt(right, 10) || (left < right ? -1 : 1))
    await write(io.stdout, sorted.map((line) => `${harmless(line)}\n`).join(''))
    return 0
  },
}

function readPort(text: string): string {
  if (!/^\d+(\/\w+)?$/.test(text)) throw invalid('invalid-port', `Error: invalid port '${text}'`)
  return text.includes('/') ? text.toLowerCase() : `${text}/tcp`
}

function printBinding({ HostIp = '', HostPort = '' }: { readonly HostIp?: string; readonly HostPort?: string }): string {
  return HostIp.includes(':') ? `[${HostIp}]:${HostPort}` : `${HostIp}:${HostPort}`
}
