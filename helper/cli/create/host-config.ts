import type { HostConfig } from '../../api/host-config.ts'
import type { Flags } from '../flags.ts'
import { parseDevice, parseDeviceOperations, parseDeviceRate, parseDeviceRule, parseDeviceWeight } from '../grammar/device.ts'
import { parseAddress, parseExtraHost, parseSearchDomain } from '../grammar/host.ts'
import { invalid } from '../grammar/invalid.ts'
import { splitOnce, toRecord } from '../grammar/key-values.ts'
import { parseMount } from '../grammar/mount.ts'
import type { NetworkChoice } from '../grammar/network.ts'
import { integerBetween } from '../grammar/number.ts'
import type { PublishedPort } from '../grammar/port.ts'
import { parseRestartPolicy } from '../grammar/restart.ts'
import { parseSecurityOptions } from '../grammar/security.ts'
import { parseSize } from '../grammar/size.ts'
import { parseUlimit } from '../grammar/ulimit.ts'
import type { CreateSources } from './create-request.ts'
import { commonResources } from './resources.ts'
import { unlessEmpty, withoutUndefined } from './without-undefined.ts'

/** What the other parts of the request have already parsed. */
export interface HostConfigParts {
  readonly binds: readonly string[]
  readonly ports: readonly PublishedPort[]
  readonly networks: readonly NetworkChoice[]
}

/** The HostConfig that the flags of `create` and `run` ask for; only members that were asked for. Errors: `invalid-flag-value`, `conflicting-options`. */
export function createHostConfig(flags: Flags, parts: HostConfigParts, sources: CreateSources): HostConfig {
  return {
    ...commonResources(flags),
    ...devices(flags),
    ...namespaces(flags, parts.networks),
    ...storage(flags, parts, sources),
    ...security(flags, sources),
    ...names(flags, parts),
    ...life(flags),
  }
}

function devices(flags: Flags): HostConfig {
  return withoutUndefined({
    MemorySwappiness: flags.parsed('memory-swappiness', integerBetween(-1, 100)),
    OomKillDisable: asked(flags, 'oom-kill-disable'),
    OomScoreAdj: flags.parsed('oom-score-adj', integerBetween(-1000, 1000)),
    BlkioWeightDevice: unlessEmpty(flags.parsedList('blkio-weight-device', parseDeviceWeight)),
    BlkioDeviceReadBps: unlessEmpty(flags.parsedList('device-read-bps', parseDeviceRate)),
    BlkioDeviceWriteBps: unlessEmpty(flags.parsedList('device-write-bps', parseDeviceRate)),
    BlkioDeviceReadIOps: unlessEmpty(flags.parsedList('device-read-iops', parseDeviceOperations)),
    BlkioDeviceWriteIOps: unlessEmpty(flags.parsedList('device-write-iops', parseDeviceOperations)),
    Devices: unlessEmpty(flags.parsedList('device', parseDevice)),
    DeviceCgroupRules: unlessEmpty(flags.parsedList('device-cgroup-rule', parseDeviceRule)),
    Ulimits: unlessEmpty([...new Map(flags.parsedList('ulimit', parseUlimit).map((limit) => [limit.Name, limit])).values()]),
    CgroupParent: flags.text('cgroup-parent'),
  })
}

function namespaces(flags: Flags, networks: readonly NetworkChoice[]): HostConfig {
  return withoutUndefined({
    NetworkMode: networks[0]?.name,
    PidMode: flags.parsed('pid', mode('PID', /^$|^host$|^container:.+$/)),
    IpcMode: flags.parsed('ipc', mode('IPC', /^$|^none$|^host$|^private$|^shareable$|^container:.+$/)),
    UTSMode: flags.parsed('uts', mode('UTS', /^$|^host$/)),
    UsernsMode: flags.parsed('userns', mode('USER', /^$|^host$/)),
    CgroupnsMode: flags.parsed('cgroupns', parseCgroupNamespace),
  })
}

function storage(flags: Flags, parts: HostConfigParts, sources: CreateSources): HostConfig {
  const tmpfs = flags.list('tmpfs')
  return withoutUndefined({
    Binds: unlessEmpty(parts.binds),
    Mounts: unlessEmpty(flags.parsedList('mount', (text) => parseMount(text, sources.cwd))),
    Tmpfs: tmpfs.length === 0 ? undefined : Object.fromEntries(tmpfs.map((word) => splitOnce(word, ':'))),
    VolumesFrom: unlessEmpty(flags.list('volumes-from')),
    VolumeDriver: flags.text('volume-driver'),
    StorageOpt: flags.has('storage-opt') ? toRecord(flags.list('storage-opt')) : undefined,
    ReadonlyRootfs: asked(flags, 'read-only'),
    ShmSize: flags.parsed('shm-size', parseSize),
  })
}

function security(flags: Flags, sources: CreateSources): HostConfig {
  const { options, unconfinedPaths } = parseSecurityOptions(flags.list('security-opt'), sources.readFile)
  return withoutUndefined({
    Privileged: asked(flags, 'privileged'),
    CapAdd: unlessEmpty(flags.list('cap-add')),
    CapDrop: unlessEmpty(flags.list('cap-drop')),
    SecurityOpt: unlessEmpty(options),
    MaskedPaths: unconfinedPaths ? [] : undefined,
    ReadonlyPaths: unconfinedPaths ? [] : undefined,
    GroupAdd: unlessEmpty(flags.list('group-add')),
    Sysctls: flags.has('sysctl') ? toRecord(flags.parsedList('sysctl', parseSysctl)) : undefined,
  })
}

function names(flags: Flags, parts: HostConfigParts): HostConfig {
  const bindings = Map.groupBy(parts.ports, (published) => published.port)
  return withoutUndefined({
    PortBindings:
      bindings.size === 0 ? undefined : Object.fromEntries([...bindings].map(([port, list]) => [port, list.map((item) => item.binding)])),
    PublishAllPorts: asked(flags, 'publish-all'),
    Dns: unlessEmpty(flags.parsedList('dns', parseAddress)),
    DnsSearch: unlessEmpty(flags.parsedList('dns-search', parseSearchDomain)),
    DnsOptions: unlessEmpty(flags.list('dns-option')),
    ExtraHosts: unlessEmpty(flags.parsedList('add-host', parseExtraHost)),
    Links: unlessEmpty(flags.list('link')),
  })
}

function life(flags: Flags): HostConfig {
  const restart = flags.parsed('restart', parseRestartPolicy)
  if (flags.on('rm') && restart !== undefined && restart.Name !== '' && restart.Name !== 'no') {
    throw invalid('conflicting-options', 'conflicting options: cannot specify both --restart and --rm')
  }
  const driver = flags.text('log-driver')
  if (driver === 'none' && flags.has('log-opt')) throw invalid('conflicting-options', 'invalid logging opts for driver none')
  const isolation = flags.text('isolation')
  if (isolation !== undefined && isolation !== '' && isolation !== 'default') {
    throw invalid('invalid-isolation', `invalid isolation "${isolation}": Linux has only "default"`)
  }
  return withoutUndefined({
    AutoRemove: asked(flags, 'rm'),
    RestartPolicy: restart,
    Init: flags.has('init') ? flags.on('init') : undefined,
    LogConfig: driver === undefined && !flags.has('log-opt') ? undefined : { Type: driver ?? '', Config: toRecord(flags.list('log-opt')) },
    Annotations: flags.has('annotation') ? toRecord(flags.list('annotation')) : undefined,
    ContainerIDFile: flags.text('cidfile'),
    Runtime: flags.text('runtime'),
  })
}

/** True, or undefined for a switch that is off: absent means off in every API version. */
function asked(flags: Flags, name: string): true | undefined {
  return flags.on(name) ? true : undefined
}

function mode(what: string, pattern: RegExp): (text: string) => string {
  return (text) => {
    if (!pattern.test(text)) throw invalid('invalid-namespace-mode', `invalid ${what} mode`)
    return text
  }
}

function parseCgroupNamespace(text: string): 'private' | 'host' | '' {
  if (text === 'private' || text === 'host' || text === '') return text
  throw invalid('invalid-namespace-mode', 'invalid CGROUP mode')
}

function parseSysctl(text: string): string {
  if (/^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|net\..+|fs\.mqueue\..+)=/.test(text)) return text
  throw invalid('invalid-sysctl', `sysctl '${text}' is not allowed`)
}
