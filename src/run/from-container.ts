/** A container that is there, as the answers that would make it, and the rest of it that the form has no rows for. */
import { z } from 'zod'
import type { CreateRequest } from '../../helper/api/container.ts'
import { containerConfigSchema } from '../../helper/api/container.ts'
import type { HostConfig } from '../../helper/api/host-config.ts'
import { hostConfigSchema } from '../../helper/api/host-config.ts'
import type { RunAnswers } from './answers.ts'
import { plainAnswers } from './answers.ts'
import type { ImageConfig } from './image-facts.ts'
import type { MountSpec } from './mount-spec.ts'
import type { PublishedPort } from './port-spec.ts'
import { LOOPBACK, parsePortName, parsePortNumber } from './port-spec.ts'

/** As much of `GET /containers/{id}/json` as is needed to make the container again. */
export const containerInspectSchema = z.object({
  Id: z.string().min(1),
  Name: z.string(),
  Image: z.string(),
  State: z.object({ Running: z.boolean(), Paused: z.boolean().nullish() }),
  Config: containerConfigSchema,
  HostConfig: hostConfigSchema,
  Mounts: z
    .array(z.object({ Type: z.string(), Name: z.string().nullish(), Destination: z.string(), Mode: z.string().nullish() }))
    .nullish(),
  NetworkSettings: z
    .object({
      Networks: z.record(z.string(), z.object({ Aliases: z.array(z.string()).nullish() }).nullable()).nullish(),
    })
    .nullish(),
})

export type ContainerAnswer = z.infer<typeof containerInspectSchema>

export interface FromContainer {
  readonly answers: RunAnswers
  readonly base: CreateRequest
}

const MODES = ['bridge', 'host', 'none', 'default']
const SHORT_ID = 12

/**
 * The answers that make a container again. What it has from its image is left to the image, so that a newer one may bring its own; fresh
 * volumes become named ones, so that what is in them stays.
 */
export function fromContainer(container: ContainerAnswer, image: ImageConfig, { isPocker }: { readonly isPocker: boolean }): FromContainer {
  const { Config: config, HostConfig: host } = container
  const isOwnProgram = !sameWords(config.Entrypoint, image.Entrypoint)
  const isOwnCommand = isOwnProgram || !sameWords(config.Cmd, image.Cmd)
  const restart = host.RestartPolicy?.Name ?? 'no'
  return {
    answers: {
      ...plainAnswers(config.Image ?? container.Image),
      name: container.Name.replace(/^\//, ''),
      ...(isOwnProgram ? { entrypoint: config.Entrypoint ?? [] } : {}),
      ...(isOwnCommand ? { command: config.Cmd ?? [] } : {}),
      ports: publishedPorts(host, isPocker ? LOOPBACK : ''),
      mounts: [...namedBinds(host), ...keptVolumes(container)],
      environment: without(config.Env ?? [], image.Env ?? []),
      terminal: config.Tty === true,
      limits: {
        ...(isSet(host.Memory) ? { memory: host.Memory } : {}),
        ...(isSet(host.NanoCpus) ? { cpus: host.NanoCpus / 1e9 } : {}),
        ...(isSet(host.PidsLimit) ? { processes: host.PidsLimit } : {}),
      },
      restart: restart === '' ? 'no' : restart,
      network: host.NetworkMode === undefined || host.NetworkMode === 'default' ? '' : host.NetworkMode,
      removeAtEnd: host.AutoRemove === true,
      user: unlessSame(config.User, image.User),
      workingDirectory: unlessSame(config.WorkingDir, image.WorkingDir),
      hostname: ownHostname(container),
      labels: Object.fromEntries(Object.entries(config.Labels ?? {}).filter(([key, value]) => image.Labels?.[key] !== value)),
      capAdd: host.CapAdd ?? [],
      capDrop: host.CapDrop ?? [],
      init: host.Init === true,
      readOnly: host.ReadonlyRootfs === true,
      privileged: host.Privileged === true,
      noHealthcheck: config.Healthcheck?.Test?.[0] === 'NONE' && image.Healthcheck?.Test?.[0] !== 'NONE',
    },
    base: baseRequest(container, image),
  }
}

function baseRequest({ Config: config, HostConfig: host, Id, NetworkSettings }: ContainerAnswer, image: ImageConfig): CreateRequest {
  const { Healthcheck: check, StopSignal: signal, Shell: shell, Image: _image, ArgsEscaped: _escaped, OnBuild: _build, ...rest } = config
  const { ContainerIDFile: _file, MaskedPaths: masked, ReadonlyPaths: readonly, ConsoleSize: _size, ...hostRest } = host
  // Of a privileged one they are empty, and would stay so when it is privileged no more.
  const paths = host.Privileged === true ? {} : { ...(masked && { MaskedPaths: masked }), ...(readonly && { ReadonlyPaths: readonly }) }
  const endpoints = Object.entries(NetworkSettings?.Networks ?? {}).filter(([name]) => !MODES.includes(name))
  const aliases = (given: readonly string[] | null | undefined) => (given ?? []).filter((alias) => alias !== Id.slice(0, SHORT_ID))
  // The volumes of these are kept by their names, as binds.
  const mounts = hostRest.Mounts?.filter((mount) => mount.Type !== 'volume' || mountWithSource(mount).length > 0)
  return {
    ...rest,
    ...(check === undefined || same(check, image.Healthcheck) ? {} : { Healthcheck: check }),
    ...(signal === undefined || signal === image.StopSignal ? {} : { StopSignal: signal }),
    ...(shell === undefined || same(shell, image.Shell) ? {} : { Shell: shell }),
    ...(endpoints.length === 0
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: Object.fromEntries(endpoints.map(([name, its]) => [name, { Aliases: aliases(its?.Aliases) }])),
          },
        }),
    HostConfig: { ...hostRest, ...paths, ...(mounts && { Mounts: mounts }) },
  }
}

/** What is mounted from a volume that no bind and no mount names: fresh once, kept now. */
function keptVolumes({ HostConfig: host, Mounts }: ContainerAnswer): MountSpec[] {
  const named = new Set([...namedBinds(host).map(({ target }) => target), ...(host.Mounts ?? []).flatMap(mountWithSource)])
  return (Mounts ?? []).flatMap(({ Type, Name, Destination }) =>
    Type !== 'volume' || typeof Name !== 'string' || Name === '' || named.has(Destination)
      ? []
      : [{ source: Name, target: Destination, mode: '' }],
  )
}

function mountWithSource({ Source, Target }: NonNullable<HostConfig['Mounts']>[number]): string[] {
  return Source === undefined || Source === '' ? [] : [Target]
}

function namedBinds({ Binds }: HostConfig): MountSpec[] {
  return (Binds ?? []).map(readBind).filter(({ source }) => source !== undefined)
}

function readBind(bind: string): MountSpec {
  const [first = '', second, mode = ''] = bind.split(':')
  return second === undefined ? { target: first, mode: '' } : { source: first, target: second, mode }
}

/** `unsaid` is the address that the engine takes where none is said. */
function publishedPorts({ PortBindings }: HostConfig, unsaid: string): PublishedPort[] {
  return Object.entries(PortBindings ?? {}).flatMap(([name, bindings]) => {
    const port = parsePortName(name)
    if (port === undefined) return []
    return (bindings ?? []).map(({ HostIp = '', HostPort = '' }) => {
      const host = parsePortNumber(HostPort)
      return {
        container: port.port,
        protocol: port.protocol,
        address: HostIp === '' ? unsaid : HostIp,
        ...(host === undefined ? {} : { host }),
      }
    })
  })
}

// Without one of its own a container is called by the start of its ID, or like the machine whose network it has.
function ownHostname({ Config, HostConfig, Id }: ContainerAnswer): string {
  const hostname = Config.Hostname ?? ''
  return hostname === Id.slice(0, SHORT_ID) || HostConfig.NetworkMode === 'host' || HostConfig.NetworkMode?.startsWith('container:')
    ? ''
    : hostname
}

function sameWords(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return same(a ?? [], b ?? [])
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function without(entries: readonly string[], known: readonly string[]): string[] {
  return entries.filter((entry) => !known.includes(entry))
}

function unlessSame(own: string | undefined, images: string | undefined): string {
  return own === undefined || own === images ? '' : own
}

function isSet(value: number | undefined): value is number {
  return value !== undefined && value > 0
}
