import { resolve } from 'node:path'
import type { ContainerConfig, CreateRequest } from '../../api/container.ts'
import type { EndpointSettings, NetworkingConfig } from '../../api/network.ts'
import type { Flags } from '../flags.ts'
import { parseMacAddress } from '../grammar/host.ts'
import { invalid } from '../grammar/invalid.ts'
import { parseEnvironment, parseKeyValueFile, parseLabel, toRecord } from '../grammar/key-values.ts'
import type { NetworkChoice } from '../grammar/network.ts'
import { isUserDefined, parseNetwork } from '../grammar/network.ts'
import { parseInteger } from '../grammar/number.ts'
import { parseExpose, parsePublish } from '../grammar/port.ts'
import { parseVolume } from '../grammar/volume.ts'
import { endpointAddresses } from './endpoint-addresses.ts'
import { createHealthcheck } from './healthcheck.ts'
import { createHostConfig } from './host-config.ts'
import { unlessEmpty, withoutUndefined } from './without-undefined.ts'

/** Where flags that name files and variables of the caller find them. */
export interface CreateSources {
  readonly readFile: (path: string) => string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute; relative host paths start here. */
  readonly cwd: string
}

/**
 * The create request that the flags of `run` and `create` and the words after them ask for: `IMAGE [COMMAND...]`, or with `--rootfs DIR`
 * only `[COMMAND...]`. Checks all that can be checked without the engine.
 * Errors: `missing-argument`, `conflicting-options`, `invalid-flag-value`, and those of the grammars.
 */
export function createRequest(flags: Flags, positionals: readonly string[], sources: CreateSources): CreateRequest {
  const rootfs = flags.text('rootfs')
  const [image, ...rest] = positionals
  if (rootfs === undefined && (image === undefined || image === ''))
    throw invalid('missing-argument', "'run' and 'create' require at least 1 argument")
  const command = rootfs === undefined ? rest : positionals

  const volumes = [...new Set(flags.list('volume'))].map((text) => parseVolume(text, sources.cwd))
  const ports = flags.parsedList('publish', parsePublish).flat()
  const exposed = [...ports.map((published) => published.port), ...flags.parsedList('expose', parseExpose).flat()]
  const networks = parseNetworks(flags)
  const binds = volumes.flatMap((volume) => ('bind' in volume ? [volume.bind] : []))
  const anonymous = volumes.flatMap((volume) => ('anonymous' in volume ? [volume.anonymous] : []))

  return {
    ...processConfig(flags, sources),
    ...attachConfig(flags),
    ...withoutUndefined({
      Image: rootfs === undefined ? image : undefined,
      Rootfs: rootfs === undefined ? undefined : resolve(sources.cwd, rootfs),
      Cmd: unlessEmpty(command),
      Volumes: nameSet(anonymous),
      ExposedPorts: nameSet(exposed),
      NetworkingConfig: networkingConfig(networks),
    }),
    HostConfig: createHostConfig(flags, { binds, ports, networks }, sources),
  }
}

function processConfig(flags: Flags, sources: CreateSources): ContainerConfig {
  const files = flags.list('env-file').flatMap((path) => parseKeyValueFile(sources.readFile(path), (name) => sources.env[name]))
  const labels = [
    ...flags.list('label-file').flatMap((path) => parseKeyValueFile(sources.readFile(path), () => undefined)),
    ...flags.parsedList('label', parseLabel),
  ]
  const entrypoint = flags.text('entrypoint')
  return withoutUndefined({
    Hostname: flags.text('hostname'),
    Domainname: flags.text('domainname'),
    User: flags.text('user'),
    WorkingDir: flags.text('workdir'),
    Env: unlessEmpty([...files, ...flags.parsedList('env', (text) => parseEnvironment(text, sources.env))]),
    Labels: labels.length === 0 ? undefined : toRecord(labels),
    // `--entrypoint ''` takes the image's away; the API writes that as one empty word.
    Entrypoint: entrypoint === undefined ? undefined : [entrypoint],
    StopSignal: flags.text('stop-signal'),
    StopTimeout: flags.parsed('stop-timeout', parseInteger),
    MacAddress: flags.parsed('mac-address', parseMacAddress),
    Healthcheck: createHealthcheck(flags),
  })
}

function attachConfig(flags: Flags): ContainerConfig {
  const streams = new Set(flags.parsedList('attach', parseStream))
  // `create` has no --detach: it never attaches, but says what a later `start --attach` would.
  const detached = flags.named('detach') !== undefined && flags.on('detach')
  if (detached && streams.size > 0) throw invalid('conflicting-options', 'conflicting options: cannot specify both --attach and --detach')
  const attached = (stream: 'stdin' | 'stdout' | 'stderr') =>
    !detached && (streams.has(stream) || (streams.size === 0 && stream !== 'stdin'))
  const stdin = attached('stdin') || (flags.on('interactive') && !detached)
  return {
    AttachStdin: stdin,
    AttachStdout: attached('stdout'),
    AttachStderr: attached('stderr'),
    Tty: flags.on('tty'),
    OpenStdin: flags.on('interactive'),
    // The process reads end of file when the one who typed into it has gone.
    StdinOnce: flags.on('interactive') && stdin,
  }
}

function parseStream(text: string): 'stdin' | 'stdout' | 'stderr' {
  const stream = text.toLowerCase()
  if (stream === 'stdin' || stream === 'stdout' || stream === 'stderr') return stream
  throw invalid('invalid-stream', 'valid streams are STDIN, STDOUT and STDERR')
}

function parseNetworks(flags: Flags): NetworkChoice[] {
  const [first, ...others] = flags.parsedList('network', parseNetwork)
  const aliases = flags.list('network-alias')
  const links = flags.list('link')
  const own: EndpointSettings = withoutUndefined({
    Aliases: unlessEmpty(aliases),
    Links: first !== undefined && isUserDefined(first.name) ? unlessEmpty(links) : undefined,
    IPAMConfig: endpointAddresses(flags),
    MacAddress: flags.parsed('mac-address', parseMacAddress),
  })
  const main = { name: first?.name ?? 'default', endpoint: { ...first?.endpoint, ...own } }
  if (aliases.length > 0 && !isUserDefined(main.name)) {
    throw invalid('conflicting-options', 'network-scoped aliases are only supported for user-defined networks')
  }
  if (first === undefined && Object.keys(own).length === 0) return []
  const all = [main, ...others]
  const twice = all.find((network, index) => all.findIndex((other) => other.name === network.name) < index)
  if (twice !== undefined) throw invalid('conflicting-options', `network "${twice.name}" is specified multiple times`)
  if (all.some((network) => isUserDefined(network.name)) && !all.every((network) => isUserDefined(network.name))) {
    throw invalid('conflicting-options', 'conflicting options: cannot attach both user-defined and non-user-defined network-modes')
  }
  return all
}

/** One network without any wish of its own needs no endpoint: NetworkMode says it all. */
function networkingConfig(networks: readonly NetworkChoice[]): NetworkingConfig | undefined {
  const [only] = networks
  if (only === undefined || (networks.length === 1 && Object.keys(only.endpoint).length === 0)) return undefined
  return { EndpointsConfig: Object.fromEntries(networks.map((network) => [network.name, network.endpoint])) }
}

function nameSet(names: readonly string[]): Record<string, Record<string, never>> | undefined {
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, {}]))
}
