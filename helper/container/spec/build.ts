/** From a create request and an image's configuration to the OCI configuration that a container is made from. */
import type { CreateRequest } from '../../api/container.ts'
import type { HostConfig } from '../../api/host-config.ts'
import type { ImageConfig } from '../../api/image.ts'
import type { Capabilities, Linux, Mount, Process, Resources, Spec } from '../oci.ts'
import { planCapabilities } from './capability-set.ts'
import { cleanPath } from './container-path.ts'
import { planDevices } from './devices.ts'
import { processEnvironment } from './environment.ts'
import type { HostFacts } from './host-facts.ts'
import { type MergedConfig, mergeConfig } from './merged-config.ts'
import { type ContainerFiles, planMounts } from './mounts.ts'
import { pidSharing, planNamespaces, utsSharing } from './namespaces.ts'
import { planRlimits } from './rlimits.ts'
import { maskedPaths, readonlyPaths } from './sandbox.ts'
import { compileFilter } from './seccomp-filter.ts'
import { parseSecurityOptions } from './security-options.ts'
import { planSysctls } from './sysctls.ts'
import type { ResolvedUser } from './user.ts'

const DEFAULT_CGROUP_PARENT = '/pocker'

export interface SpecInput {
  readonly id: string
  /** Passed by `validateRequest`; `container:` modes name containers by whatever the launch knows them by. */
  readonly request: CreateRequest
  readonly imageConfig: ImageConfig
  /** Uppermost first. */
  readonly layers: readonly string[]
  /** What the image has mounted into every container. */
  readonly imageMounts: readonly Mount[]
  /** The mounts of `resolveMounts`. */
  readonly userMounts: readonly Mount[]
  /** Host paths in the container's own folder. */
  readonly folders: { readonly upper: string; readonly work: string } & ContainerFiles
  /** From `chooseHostname`, or of the container whose network is shared. */
  readonly hostname: string
  readonly user: ResolvedUser
  /** All limits but the devices, which the spec decides. */
  readonly limits: Omit<Resources, 'devices'>
  readonly host: HostFacts
}

/**
 * Builds the configuration. Pure but for `host.readDevices`.
 * Errors: those of `validateRequest`, and `no-such-device`.
 */
export function buildSpec(input: SpecInput): Spec {
  const { request, folders, host } = input
  const config = request.HostConfig ?? {}
  const merged = mergeConfig(request, input.imageConfig)
  const security = parseSecurityOptions(config, host)
  const bounding = planCapabilities(config, host)
  const domainname = request.Domainname ?? ''
  const ownsHostname = utsSharing(config).with === 'nobody'
  return {
    ociVersion: '1.2.0',
    root: {
      readonly: config.ReadonlyRootfs === true,
      layers: input.layers,
      upper: folders.upper,
      work: folders.work,
      volatile: config.AutoRemove === true,
    },
    process: planProcess(input, { config, merged, bounding, noNewPrivileges: security.noNewPrivileges }),
    ...(ownsHostname ? { hostname: input.hostname } : {}),
    ...(ownsHostname && domainname !== '' ? { domainname } : {}),
    mounts: planMounts({ config, imageMounts: input.imageMounts, userMounts: input.userMounts, files: folders }),
    linux: planLinux(input, { config, ...security, seccomp: compileFilter(security.seccomp, { ...host, capabilities: bounding }) }),
  }
}

interface ProcessInput {
  readonly config: HostConfig
  readonly merged: MergedConfig
  readonly bounding: readonly number[]
  readonly noNewPrivileges: boolean
}

function planProcess({ user, hostname }: SpecInput, { config, merged, bounding, noNewPrivileges }: ProcessInput): Process {
  const terminal = merged.Tty === true
  const [height = 0, width = 0] = config.ConsoleSize ?? []
  const { uid, gid, additionalGids, home } = user
  return {
    terminal,
    ...(terminal && height > 0 && width > 0 ? { consoleSize: { width, height } } : {}),
    user: { uid, gid, additionalGids, umask: 0o022 },
    args: [...merged.Entrypoint, ...merged.Cmd],
    env: processEnvironment({ entries: merged.Env, hostname, terminal, home }),
    cwd: cleanPath(merged.WorkingDir || '/'),
    capabilities: capabilitySets(bounding, uid),
    rlimits: planRlimits(config.Ulimits ?? []),
    noNewPrivileges,
    ...(config.OomScoreAdj === undefined || config.OomScoreAdj === 0 ? {} : { oomScoreAdj: config.OomScoreAdj }),
    // In a pid namespace of somebody else's there is an init already.
    init: config.Init === true && pidSharing(config).with === 'nobody',
  }
}

// Nothing inheritable or ambient (CVE-2022-24769); a plain user starts without any, as after execve from root.
function capabilitySets(bounding: readonly number[], uid: number): Capabilities {
  const own = uid === 0 ? bounding : []
  return { bounding, effective: own, permitted: own, inheritable: [], ambient: [] }
}

interface LinuxInput {
  readonly config: HostConfig
  readonly systemPathsUnconfined: boolean
  readonly seccomp: Uint8Array | undefined
}

function planLinux({ id, limits, host }: SpecInput, { config, systemPathsUnconfined, seccomp }: LinuxInput): Linux {
  const namespaces = planNamespaces(config)
  const { devices, rules } = planDevices(config, host.readDevices)
  const unmasked = config.Privileged === true || systemPathsUnconfined
  const parent = config.CgroupParent === undefined || config.CgroupParent === '' ? DEFAULT_CGROUP_PARENT : cleanPath(config.CgroupParent)
  return {
    namespaces,
    devices,
    cgroupsPath: parent === '/' ? `/${id}` : `${parent}/${id}`,
    resources: { devices: rules, ...limits },
    sysctl: planSysctls(config, namespaces),
    maskedPaths: unmasked ? [] : (config.MaskedPaths ?? [...maskedPaths, ...host.thermalPaths]),
    readonlyPaths: unmasked ? [] : (config.ReadonlyPaths ?? readonlyPaths),
    ...(seccomp === undefined ? {} : { seccomp }),
  }
}
