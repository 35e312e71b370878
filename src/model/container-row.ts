/** A container's row out of an engine's list. */
import { z } from 'zod'
import type { ContainerRow, ContainerStatus, PortRow } from './rows.ts'

const STATUSES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const

const portSchema = z.object({
  IP: z.string().nullish(),
  PrivatePort: z.number(),
  PublicPort: z.number().nullish(),
  Type: z.string().nullish(),
})

const mountSchema = z.object({
  Type: z.string().nullish(),
  Name: z.string().nullish(),
  Source: z.string().nullish(),
  Destination: z.string(),
  RW: z.boolean().nullish(),
})

const endpointSchema = z.object({ IPAddress: z.string().nullish(), GlobalIPv6Address: z.string().nullish() })

const summarySchema = z.object({
  Id: z.string().min(1),
  Names: z.array(z.string()).nullish(),
  Image: z.string().nullish(),
  ImageID: z.string().nullish(),
  Command: z.string().nullish(),
  Created: z.number(),
  State: z.string().nullish(),
  Status: z.string().nullish(),
  Ports: z.array(portSchema).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  Mounts: z.array(mountSchema).nullish(),
  HostConfig: z.object({ NetworkMode: z.string().nullish() }).nullish(),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.unknown().transform(addressesOf)).nullish() }).nullish(),
  /** Pocker's own. */
  Pocker: z.object({ ExitCode: z.number(), OOMKilled: z.boolean() }).nullish(),
})

/** Of `GET /containers/json`. One row that is not as expected does not take the others along. */
export const summariesSchema = z.array(z.unknown()).transform((entries) =>
  entries.flatMap((entry) => {
    const read = summarySchema.safeParse(entry)
    return read.success ? [read.data] : []
  }),
)

export type ContainerSummary = z.infer<typeof summarySchema>

/** As much of `GET /containers/{id}/json` as a list does not say. */
export const detailsSchema = z.object({
  State: z.object({
    OOMKilled: z.boolean().nullish(),
    Health: z
      .object({
        FailingStreak: z.number().nullish(),
        Log: z.array(z.object({ Output: z.string().nullish() })).nullish(),
      })
      .nullish(),
  }),
})

export type ContainerDetails = z.infer<typeof detailsSchema>

/** The row of a list's entry. */
export function containerRow(summary: ContainerSummary): ContainerRow {
  const statusText = summary.Status ?? ''
  const status = statusOf(summary.State)
  const exit = /\((-?\d{1,10})\)/.exec(statusText)?.[1]
  const hasEnded = status === 'exited' || status === 'restarting' || status === 'dead'
  const exitCode = summary.Pocker?.ExitCode ?? (exit === undefined ? undefined : Number(exit))
  const health = healthOf(statusText)
  const networkMode = summary.HostConfig?.NetworkMode ?? 'default'
  return {
    id: summary.Id,
    name: (summary.Names?.[0] ?? summary.Id.slice(0, 12)).replace(/^\//, ''),
    image: summary.Image ?? '',
    imageId: summary.ImageID ?? '',
    command: summary.Command ?? '',
    status,
    ...(health === undefined ? {} : { health }),
    ...(hasEnded && exitCode !== undefined ? { exitCode } : {}),
    isOutOfMemory: hasEnded && summary.Pocker?.OOMKilled === true,
    created: summary.Created * 1000,
    statusText,
    ports: portsOf(summary),
    labels: summary.Labels ?? {},
    mounts: (summary.Mounts ?? []).map(({ Type, Name, Source, Destination, RW }) => ({
      type: Type ?? 'bind',
      source: (Type === 'volume' ? Name : Source) ?? Source ?? '',
      destination: Destination,
      isReadOnly: RW === false,
    })),
    networks: Object.entries(summary.NetworkSettings?.Networks ?? {}).map(([name, addresses]) => ({ name, addresses })),
    networkMode,
  }
}

/** The row with what only an inspection tells. */
export function withDetails(row: ContainerRow, { State }: ContainerDetails): ContainerRow {
  const count = State.Health?.FailingStreak ?? 0
  const output = State.Health?.Log?.at(-1)?.Output ?? ''
  return {
    ...row,
    isOutOfMemory: row.isOutOfMemory || (row.exitCode !== undefined && State.OOMKilled === true),
    ...(row.health !== undefined && count > 0 ? { healthFailures: { count, output: output.trimStart().split('\n', 1)[0] ?? '' } } : {}),
  }
}

/** Whether a row lacks what only an inspection tells: why a probe failed, and whether it was memory that a kill was for. */
export function needsDetails(row: ContainerRow, summary: ContainerSummary): boolean {
  if (row.health === 'unhealthy') return true
  return row.exitCode === 137 && summary.Pocker === undefined
}

/** Whether a view would show the same of both. */
export function isSameRow(a: ContainerRow, b: ContainerRow): boolean {
  return JSON.stringify({ ...a, statusText: '' }) === JSON.stringify({ ...b, statusText: '' })
}

function addressesOf(endpoint: unknown): readonly string[] {
  const read = endpointSchema.safeParse(endpoint)
  if (!read.success) return []
  return [read.data.IPAddress, read.data.GlobalIPv6Address].flatMap((address) =>
    address === undefined || address === null || address === '' ? [] : [address],
  )
}

function statusOf(state: string | null | undefined): ContainerStatus {
  // Podman's words for what Docker calls otherwise.
  if (state === 'configured' || state === 'initialized') return 'created'
  if (state === 'stopped') return 'exited'
  return STATUSES.find((status) => status === state) ?? 'exited'
}

function healthOf(statusText: string): ContainerRow['health'] {
  if (statusText.endsWith('(healthy)')) return 'healthy'
  if (statusText.endsWith('(unhealthy)')) return 'unhealthy'
  return statusText.endsWith('(health: starting)') || statusText.endsWith('(starting)') ? 'starting' : undefined
}

// One port that is published on IPv4 and IPv6 is one row.
function portsOf({ Ports }: ContainerSummary): readonly PortRow[] {
  const rows = new Map<string, PortRow>()
  for (const { IP, PrivatePort, PublicPort, Type } of Ports ?? []) {
    const protocol = Type ?? 'tcp'
    const host = typeof PublicPort === 'number' && PublicPort > 0 ? { address: IP ?? '', port: PublicPort } : undefined
    const key = `${PrivatePort}/${protocol} ${host?.port ?? ''} ${isEverywhere(host?.address) ? '*' : host?.address}`
    if (!rows.has(key)) rows.set(key, { container: PrivatePort, protocol, ...(host === undefined ? {} : { host }) })
  }
  return [...rows.values()].sort((a, b) => a.container - b.container || (a.host?.port ?? 0) - (b.host?.port ?? 0))
}

function isEverywhere(address: string | undefined): boolean {
  return address === '0.0.0.0' || address === '::' || address === ''
}
