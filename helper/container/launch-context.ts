import type { CgroupPlan } from './cgroup/plan.ts'
import type { SharedContainers } from './steps/join-namespaces.ts'
import type { IsFolder, OwnerMaps } from './steps/mount-volumes.ts'

/** What a start needs besides the spec: where things lie on this host. Descriptors are the helper's. */
export interface LaunchContext {
  /** The empty folder that every container mounts its root on. */
  readonly mountPoint: string
  readonly log: string
  readonly status: string
  readonly cgroup: CgroupPlan
  /** Files through which the keeper leaves the helper's own cgroups. */
  readonly keeperGroups: readonly string[]
  /** The keeper's program, and with `spec.process.init` the init's. */
  readonly keeperProgram: number
  readonly initProgram?: number
  readonly openStdin: boolean
  /** Process descriptors of the containers that namespaces are shared with. */
  readonly shared: SharedContainers
  /** A network namespace made ahead, for a container that gets its own. */
  readonly network?: number | undefined
  readonly lastCapability: number
  readonly isFolder: IsFolder
  /** User namespaces that say how mounts with the word `idmap` show owners; a mount that has none there needs none. Absent: nothing is made, it is only explained. */
  readonly ownerMaps?: OwnerMaps
  /** Read the clock at each step. */
  readonly timed?: boolean
}
