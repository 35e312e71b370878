/** About the helper and its host. */
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, hostname, machine, release, totalmem } from 'node:os'
import type { SystemDataUsage, SystemInfo, SystemVersion } from '../api/system.ts'
import { summarize } from './containers/describe-container.ts'
import type { EngineContext } from './context.ts'
import { volumeUsage } from './volumes/volume-backend.ts'

const API_VERSION = '1.47'
const MIN_API_VERSION = '1.41'

/** Docker's `version`. */
export function systemVersion(context: EngineContext): SystemVersion {
  const { version } = context
  const Arch = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const details = {
    ApiVersion: API_VERSION,
    MinAPIVersion: MIN_API_VERSION,
    Arch,
    Os: 'linux',
    KernelVersion: release(),
    GitCommit: '',
    GoVersion: `node ${process.version}`,
    BuildTime: '',
  }
  return {
    Platform: { Name: 'Pocker' },
    Components: [{ Name: 'Engine', Version: version, Details: details }],
    Version: version,
    ...details,
  }
}

/** Docker's `info`; what Pocker does not have is said to be none. */
export async function systemInfo(context: EngineContext): Promise<SystemInfo> {
  const images = (await context.images.list({ filters: new Map() })).length
  const { features } = context
  const containers = context.registry.all()
  const count = (...statuses: string[]) => containers.filter((container) => statuses.includes(container.status)).length
  const none = { ID: '', Expected: '' }
  return {
    ID: machineId(),
    Containers: containers.length,
    ContainersRunning: count('running', 'restarting'),
    ContainersPaused: count('paused'),
    ContainersStopped: count('created', 'exited', 'dead', 'removing'),
    Images: images,
    Driver: 'overlay2',
    DriverStatus: [['Backing Filesystem', 'overlayfs']],
    DockerRootDir: context.folders.dataRoot,
    Plugins: { Volume: ['local'], Network: ['bridge', 'host', 'null'], Authorization: null, Log: ['json-file', 'local', 'none'] },
    MemoryLimit: features.memory,
    SwapLimit: features.swap,
    CpuCfsPeriod: features.cpuQuota,
    CpuCfsQuota: features.cpuQuota,
    CPUShares: features.cpuShares,
    CPUSet: features.cpuset !== undefined,
    PidsLimit: features.pids,
    OomKillDisable: features.oomKillDisable,
    IPv4Forwarding: readFlag('/proc/sys/net/ipv4/ip_forward'),
    BridgeNfIptables: readFlag('/proc/sys/net/bridge/bridge-nf-call-iptables'),
    BridgeNfIp6tables: readFlag('/proc/sys/net/bridge/bridge-nf-call-ip6tables'),
    Debug: false,
    NFd: readdirSync('/proc/self/fd').length,
    NGoroutines: readdirSync('/proc/self/task').length,
    SystemTime: new Date().toISOString(),
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: context.cgroups.mode === 'v2' ? '2' : '1',
    NEventsListener: context.events.listeners,
    KernelVersion: release(),
    OperatingSystem: operatingSystem(),
    OSVersion: osRelease('VERSION_ID') ?? '',
    OSType: 'linux',
    Architecture: machine(),
    NCPU: availableParallelism(),
    MemTotal: totalmem(),
    IndexServerAddress: '',
    RegistryConfig: { InsecureRegistryCIDRs: [], IndexConfigs: {}, Mirrors: [] },
    GenericResources: null,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: hostname(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: context.version,
    Runtimes: { pocker: { path: 'pocker' } },
    DefaultRuntime: 'pocker',
    Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '', RemoteManagers: null },
    LiveRestoreEnabled: true,
    Isolation: '',
    InitBinary: 'pocker-init',
    ContainerdCommit: none,
    RuncCommit: none,
    InitCommit: none,
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
    CDISpecDirs: [],
    Warnings: null,
  }
}

/** What images and containers take up, counted file by file. */
export async function dataUsage(context: EngineContext): Promise<SystemDataUsage> {
  const Images = await context.images.list({ filters: new Map(), sharedSize: true, containers: true })
  const Containers = await Promise.all(context.registry.all().map((container) => summarize(context.networks, container, { size: true })))
  return { LayersSize: await context.images.totalSize(), Images, Containers, Volumes: await volumeUsage(context), BuildCache: [] }
}

function machineId(): string {
  return readText('/etc/machine-id')?.trim() ?? ''
}

function operatingSystem(): string {
  return osRelease('PRETTY_NAME') ?? 'Linux'
}

function osRelease(name: string): string | undefined {
  return new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(readText('/etc/os-release') ?? '')?.[1]
}

function readFlag(path: string): boolean {
  return readText(path)?.trim() === '1'
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not every system has it.
    return undefined
  }
}
