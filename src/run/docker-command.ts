/** A request as the command line that would make the same container with Docker, Podman or Pocker. */
import type { CreateRequest } from '../../helper/api/container.ts'
import type { HostConfig, MountRequest } from '../../helper/api/host-config.ts'
import { quoteWord } from '../text/shell-words.ts'
import { memoryText } from './limits.ts'

/** The command in one line, quoted so that a shell passes every value on as it is. */
export function dockerCommand(request: CreateRequest, name = ''): string {
  return dockerWords(request, name).map(quoteWord).join(' ')
}

/** The command's words before quoting. */
export function dockerWords(request: CreateRequest, name = ''): readonly string[] {
  const entrypoint = request.Entrypoint
  const image = request.Image ?? ''
  return [
    'docker',
    'run',
    ...(request.Tty === true ? ['-it'] : ['-d']),
    ...flag('--name', name),
    ...processFlags(request),
    ...hostFlags(request.HostConfig ?? {}),
    ...(entrypoint === undefined || entrypoint.length === 0 ? [] : ['--entrypoint', entrypoint[0] ?? '']),
    // An image of an engine that nobody knows must not become a flag.
    ...(image.startsWith('-') ? ['--'] : []),
    image,
    // `--entrypoint` takes the program only: what follows it goes before the command.
    ...(entrypoint ?? []).slice(1),
    ...(request.Cmd ?? []),
  ]
}

function processFlags(request: CreateRequest): string[] {
  const published = Object.keys(request.HostConfig?.PortBindings ?? {})
  return [
    ...flag('--hostname', request.Hostname),
    ...flag('--user', request.User),
    ...flag('--workdir', request.WorkingDir),
    ...(request.Env ?? []).flatMap((entry) => ['--env', entry]),
    ...Object.entries(request.Labels ?? {}).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...Object.keys(request.ExposedPorts ?? {})
      .filter((port) => !published.includes(port))
      .flatMap((port) => ['--expose', port]),
    ...Object.keys(request.Volumes ?? {}).flatMap((path) => ['--volume', path]),
    ...flag('--stop-signal', request.StopSignal),
    ...(request.StopTimeout === undefined ? [] : ['--stop-timeout', String(request.StopTimeout)]),
    ...healthFlags(request),
  ]
}

function healthFlags({ Healthcheck: check }: CreateRequest): string[] {
  const [kind, ...words] = check?.Test ?? []
  if (kind === 'NONE') return ['--no-healthcheck']
  const line = kind === 'CMD-SHELL' ? words[0] : kind === 'CMD' ? words.map(quoteWord).join(' ') : undefined
  const seconds = (nanoseconds: number | undefined) =>
    nanoseconds === undefined || nanoseconds === 0 ? undefined : `${nanoseconds / 1e9}s`
  return [
    ...flag('--health-cmd', line),
    ...flag('--health-interval', seconds(check?.Interval)),
    ...flag('--health-timeout', seconds(check?.Timeout)),
    ...flag('--health-start-period', seconds(check?.StartPeriod)),
    ...(check?.Retries === undefined || check.Retries === 0 ? [] : ['--health-retries', String(check.Retries)]),
  ]
}

function hostFlags(host: HostConfig): string[] {
  return [
    ...portFlags(host),
    ...(host.Binds ?? []).flatMap((bind) => ['--volume', bind]),
    ...(host.Mounts ?? []).flatMap((mount) => ['--mount', mountFields(mount)]),
    ...Object.entries(host.Tmpfs ?? {}).flatMap(([path, options]) => ['--tmpfs', options === '' ? path : `${path}:${options}`]),
    ...(host.VolumesFrom ?? []).flatMap((other) => ['--volumes-from', other]),
    ...flag('--network', host.NetworkMode === 'default' ? '' : host.NetworkMode),
    ...(host.Dns ?? []).flatMap((server) => ['--dns', server]),
    ...(host.ExtraHosts ?? []).flatMap((entry) => ['--add-host', entry]),
    ...restartFlags(host),
    ...(host.AutoRemove === true ? ['--rm'] : []),
    ...limitFlags(host),
    ...(host.CapAdd ?? []).flatMap((capability) => ['--cap-add', capability]),
    ...(host.CapDrop ?? []).flatMap((capability) => ['--cap-drop', capability]),
    ...(host.SecurityOpt ?? []).flatMap((option) => ['--security-opt', option]),
    ...(host.GroupAdd ?? []).flatMap((group) => ['--group-add', group]),
    ...(host.Devices ?? []).flatMap((device) => [
      '--device',
      [device.PathOnHost, device.PathInContainer ?? device.PathOnHost, device.CgroupPermissions ?? 'rwm'].join(':'),
    ]),
    ...Object.entries(host.Sysctls ?? {}).flatMap(([key, value]) => ['--sysctl', `${key}=${value}`]),
    ...(host.Init === true ? ['--init'] : []),
    ...(host.ReadonlyRootfs === true ? ['--read-only'] : []),
    ...(host.Privileged === true ? ['--privileged'] : []),
    ...(host.PublishAllPorts === true ? ['--publish-all'] : []),
    ...flag('--pid', host.PidMode),
    ...flag('--ipc', host.IpcMode === 'private' ? '' : host.IpcMode),
    ...flag('--uts', host.UTSMode),
  ]
}

function portFlags(host: HostConfig): string[] {
  return Object.entries(host.PortBindings ?? {}).flatMap(([name, bindings]) =>
    (bindings ?? []).flatMap(({ HostIp = '', HostPort = '' }) => {
      const [port = '', protocol] = name.split('/')
      const address = HostIp === '' ? '' : `${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:`
      const outside = HostPort === '' && address === '' ? '' : `${HostPort}:`
      return ['--publish', `${address}${outside}${port}${protocol === undefined || protocol === 'tcp' ? '' : `/${protocol}`}`]
    }),
  )
}

function restartFlags({ RestartPolicy: policy }: HostConfig): string[] {
  const name = policy?.Name ?? ''
  if (name === '' || name === 'no') return []
  const count = policy?.MaximumRetryCount ?? 0
  return ['--restart', count > 0 ? `${name}:${count}` : name]
}

function limitFlags(host: HostConfig): string[] {
  return [
    ...(isSet(host.Memory) ? ['--memory', memoryText(host.Memory)] : []),
    ...(isSet(host.NanoCpus) ? ['--cpus', String(host.NanoCpus / 1e9)] : []),
    ...(isSet(host.PidsLimit) ? ['--pids-limit', String(host.PidsLimit)] : []),
    ...(isSet(host.CpuShares) ? ['--cpu-shares', String(host.CpuShares)] : []),
    ...flag('--cpuset-cpus', host.CpusetCpus),
    // 64 MiB is what a container gets when nobody asks.
    ...(isSet(host.ShmSize) && host.ShmSize !== 67_108_864 ? ['--shm-size', memoryText(host.ShmSize)] : []),
    ...(host.Ulimits ?? []).flatMap(({ Name, Soft = 0, Hard = Soft }) => ['--ulimit', `${Name}=${Soft}:${Hard}`]),
  ]
}

function mountFields({ Type, Source = '', Target, ReadOnly, BindOptions }: MountRequest): string {
  const fields = [
    `type=${Type}`,
    ...(Source === '' ? [] : [`source=${Source}`]),
    `target=${Target}`,
    ...(ReadOnly === true ? ['readonly'] : []),
    ...(BindOptions?.Propagation === undefined || BindOptions.Propagation === '' ? [] : [`bind-propagation=${BindOptions.Propagation}`]),
  ]
  return fields.map(csvField).join(',')
}

// The flag's value is a row of comma-separated values.
function csvField(field: string): string {
  return /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

function isSet(value: number | undefined): value is number {
  return value !== undefined && value > 0
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [name, value]
}
