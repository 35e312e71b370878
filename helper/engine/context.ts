/** What the engine's parts share; made once in `helper/main.ts`. */
import type { HealthcheckResult } from '../api/health.ts'
import type { CgroupFeatures } from '../container/cgroup/features.ts'
import type { CgroupHost } from '../container/cgroup/host.ts'
import type { SystemCpuReader } from '../container/cgroup/system-cpu.ts'
import type { HostFacts } from '../container/spec/host-facts.ts'
import type { FileServers } from '../files/file-servers.ts'
import type { ImageContext } from '../image/context.ts'
import type { Images } from '../image/images.ts'
import type { RegistryImages } from '../image/registry/open-registry-images.ts'
import type { Volumes } from '../volume/volumes.ts'
import type { Container } from './containers/container.ts'
import type { Launcher } from './containers/launcher.ts'
import type { Running } from './containers/running.ts'
import type { Traces } from './containers/traces.ts'
import type { EventLog } from './events.ts'
import type { ExecSessions } from './exec/exec-sessions.ts'
import type { Folders } from './folders.ts'
import type { HealthProbe } from './health/health-probe.ts'
import type { Lock } from './lock.ts'
import type { Networks } from './networks/networks.ts'
import type { ContainerRecords } from './records/container-records.ts'
import type { Registry } from './registry.ts'
import type { Trash } from './trash.ts'
import type { MountedVolumes } from './volumes/mounted-volumes.ts'

export interface EngineContext {
  readonly version: string
  readonly folders: Folders
  readonly host: HostFacts
  readonly cgroups: CgroupHost
  readonly features: CgroupFeatures
  readonly systemCpu: SystemCpuReader
  readonly records: ContainerRecords
  readonly registry: Registry
  readonly images: Images
  readonly networks: Networks
  /** For work that makes images of containers, archives and registries. */
  readonly imageContext: ImageContext
  readonly registries: RegistryImages
  readonly events: EventLog
  readonly launcher: Launcher
  readonly execs: ExecSessions
  /** The processes that serve files. Each ends before anything is done to what it has mounted. */
  readonly files: FileServers
  readonly trash: Trash
  readonly traces: Traces
  readonly volumes: Volumes
  readonly mountedVolumes: MountedVolumes
  /** Volumes are filled one after the other: two containers may want the same one. */
  readonly volumeLock: Lock
  /** Sees to a run's end: a start leads to an exit, and an exit may lead to a start. */
  readonly watchExit: (container: Container, running: Running) => void
  /** One probe of a container's health: a start leads to probes, and a probe is an exec, which must know of starts. */
  readonly probeHealth: (container: Container, probe: HealthProbe) => Promise<HealthcheckResult>
  /** For what goes wrong with nobody waiting for an answer. */
  readonly report: (error: unknown) => void
}
