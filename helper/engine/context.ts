/** What the engine's parts share; made once in `helper/main.ts`. */
import type { CgroupFeatures } from '../container/cgroup/features.ts'
import type { CgroupHost } from '../container/cgroup/host.ts'
import type { SystemCpuReader } from '../container/cgroup/system-cpu.ts'
import type { HostFacts } from '../container/spec/host-facts.ts'
import type { Images } from '../image/images.ts'
import type { EventLog } from './events.ts'
import type { ExecSessions } from './exec-sessions.ts'
import type { Folders } from './folders.ts'
import type { Launcher } from './launcher.ts'
import type { ContainerRecords } from './container-records.ts'
import type { Registry } from './registry.ts'

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
  readonly events: EventLog
  readonly launcher: Launcher
  readonly execs: ExecSessions
  /** For what goes wrong with nobody waiting for an answer. */
  readonly report: (error: unknown) => void
}
