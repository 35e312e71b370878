/** Containers in Docker's words: the row of a list, and everything about one. */
import type { ContainerInspect, ContainerSummary } from '../../api/container.ts'
import type { Health } from '../../api/health.ts'
import type { HostConfig } from '../../api/host-config.ts'
import { maskedPaths, readonlyPaths } from '../../container/spec/sandbox.ts'
import { folderSize } from '../files/changes.ts'
import { describeEndpoints, describeNetworkSettings, describePorts } from '../networks/describe-endpoints.ts'
import type { Networks } from '../networks/networks.ts'
import type { Container } from './container.ts'
import { humanDuration } from './human-time.ts'

/** A row of `docker ps`; with sizes on request, since they are counted file by file. */
export async function summarize(
  networks: Networks,
  container: Container,
  options: { size: boolean; imageSize?: number },
): Promise<ContainerSummary> {
  const { record } = container
  const sizes = options.size ? { SizeRw: (await folderSize(container.folders.upper)).bytes, SizeRootFs: options.imageSize ?? 0 } : {}
  return {
    Id: container.id,
    Names: [`/${record.name}`],
    Image: record.image.name,
    ImageID: record.image.id,
    Command: commandLine(container),
    Created: Math.floor(record.created / 1000),
    Ports: describePorts(container),
    ...sizes,
    Labels: record.config.Labels ?? {},
    State: container.status,
    Status: statusText(container),
    HostConfig: {
      NetworkMode: networkMode(container),
      ...(container.hostConfig.Annotations === undefined ? {} : { Annotations: container.hostConfig.Annotations }),
    },
    NetworkSettings: { Networks: describeEndpoints(networks, container) },
    Mounts: mountPoints(container),
    Pocker: { ExitCode: record.state.exitCode, OOMKilled: record.state.oomKilled },
  }
}

function commandLine(container: Container): string {
  const { Entrypoint = [], Cmd = [] } = container.record.config
  return [...Entrypoint, ...Cmd].map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ')
}

/** `Up 5 minutes (healthy)`, `Up 5 minutes (Paused)`, `Exited (137) 2 hours ago`. */
export function statusText(container: Container): string {
  const { state } = container.record
  const ago = (moment: string) => humanDuration(Date.now() - Date.parse(moment))
  switch (container.status) {
    case 'running':
      return `Up ${ago(state.startedAt)}${healthText(state.health)}`
    case 'paused':
      return `Up ${ago(state.startedAt)} (Paused)`
    case 'restarting':
      return `Restarting (${state.exitCode}) ${ago(state.finishedAt)} ago`
    case 'removing':
      return 'Removal In Progress'
    case 'dead':
      return 'Dead'
    case 'created':
      return 'Created'
    case 'exited':
      return `Exited (${state.exitCode}) ${state.finishedAt === '' ? 'at an unknown time' : `${ago(state.finishedAt)} ago`}`
  }
}

function healthText(health: Health | undefined): string {
  if (health === undefined) return ''
  return health.Status === 'starting' ? ' (health: starting)' : ` (${health.Status})`
}

/** Everything about a container. */
export async function inspect(
  networks: Networks,
  container: Container,
  options: { size: boolean; imageSize?: number },
): Promise<ContainerInspect> {
  const { record, folders } = container
  const { Entrypoint = [], Cmd = [] } = record.config
  const [path = '', ...args] = [...Entrypoint, ...Cmd]
  const sizes = options.size ? { SizeRw: (await folderSize(folders.upper)).bytes, SizeRootFs: options.imageSize ?? 0 } : {}
  return {
    Id: container.id,
    Created: new Date(record.created).toISOString(),
    Path: path,
    Args: args,
    State: container.state,
    Image: record.image.id,
    ResolvConfPath: folders.resolvConf,
    HostnamePath: folders.hostname,
    HostsPath: folders.hosts,
    LogPath: folders.log,
    Name: `/${record.name}`,
    RestartCount: record.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: container.execs.size === 0 ? null : [...container.execs],
    HostConfig: hostConfig(container),
    GraphDriver: { Name: 'overlay2', Data: { LowerDir: record.image.layers.join(':'), UpperDir: folders.upper, WorkDir: folders.work } },
    ...sizes,
    Mounts: mountPoints(container),
    Config: { ...record.config, Volumes: orNull(record.config.Volumes), Hostname: record.hostname, Image: record.image.name },
    NetworkSettings: describeNetworkSettings(networks, container),
  }
}

/** As Go prints a map that nobody has put anything in. */
function orNull<T extends object>(map: T | undefined): T | null {
  return map === undefined || Object.keys(map).length === 0 ? null : map
}

/** The host configuration with the defaults that clients read. */
function hostConfig(container: Container): HostConfig {
  const config = container.hostConfig
  const free = config.Privileged === true
  return {
    ...config,
    NetworkMode: networkMode(container),
    IpcMode: config.IpcMode || 'private',
    CgroupnsMode: config.CgroupnsMode || 'private',
    ShmSize: config.ShmSize || 67_108_864,
    RestartPolicy: { Name: config.RestartPolicy?.Name || 'no', MaximumRetryCount: config.RestartPolicy?.MaximumRetryCount ?? 0 },
    LogConfig: { Type: config.LogConfig?.Type || 'json-file', Config: config.LogConfig?.Config ?? {} },
    Runtime: config.Runtime || 'pocker',
    MaskedPaths: config.MaskedPaths ?? (free ? [] : [...maskedPaths]),
    ReadonlyPaths: config.ReadonlyPaths ?? (free ? [] : [...readonlyPaths]),
  }
}

function networkMode(container: Container): string {
  const mode = container.hostConfig.NetworkMode
  return mode === undefined || mode === '' ? 'default' : mode
}

function mountPoints(container: Container): ContainerSummary['Mounts'] {
  return container.record.mounts.flatMap(({ point }) => (point === undefined ? [] : [point]))
}
