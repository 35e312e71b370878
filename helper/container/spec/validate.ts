/** Everything about a create request that can be refused before its first side effect. */
import type { CreateRequest } from '../../api/container.ts'
import type { HostConfig } from '../../api/host-config.ts'
import type { ImageConfig } from '../../api/image.ts'
import { cgroupSegments } from '../cgroup/path.ts'
import { planCapabilities } from './capability-set.ts'
import { checkDeviceMapping, parseDeviceRule } from './devices.ts'
import { checkHealthcheck } from './healthcheck.ts'
import type { HostFacts } from './host-facts.ts'
import { checkHostname } from './hostname.ts'
import { parseLogConfig } from './log-config.ts'
import { mergeConfig } from './merged-config.ts'
import { checkVolumeDriver } from './mount-request.ts'
import { planNamespaces } from './namespaces.ts'
import { checkNetwork } from './network-checks.ts'
import { checkProcess } from './process-checks.ts'
import { invalid, notImplemented } from './refuse.ts'
import { checkRestartPolicy, restarts } from './restart-policy.ts'
import { planRlimits } from './rlimits.ts'
import { compileFilter } from './seccomp-filter.ts'
import { parseSecurityOptions } from './security-options.ts'
import { planSysctls } from './sysctls.ts'

const NAME = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

export interface ValidateInput {
  /** Of the new container, as asked for. */
  readonly name: string | undefined
  readonly request: CreateRequest
  readonly image: ImageConfig
  readonly host: HostFacts
}

/**
 * Checks the whole request but its mounts (`resolveMounts`) and limits, and returns Docker's kind of warnings.
 * Errors: one code for each thing that can be wrong, see the parts.
 */
export function validateRequest({ name, request, image, host }: ValidateInput): string[] {
  const config = request.HostConfig ?? {}
  if (name !== undefined) checkName(name)
  checkHostname(request.Hostname ?? '')
  checkHostname(request.Domainname ?? '')
  const merged = mergeConfig(request, image)
  checkProcess(merged, config.GroupAdd ?? [])
  checkHealthcheck(request.Healthcheck, merged.Healthcheck)
  checkLifetime(config)
  checkOptions(config)
  const namespaces = planNamespaces(config)
  planSysctls(config, namespaces)
  planRlimits(config.Ulimits ?? [])
  for (const mapping of config.Devices ?? []) checkDeviceMapping(mapping)
  for (const rule of config.DeviceCgroupRules ?? []) parseDeviceRule(rule)
  const security = parseSecurityOptions(config, host)
  const capabilities = planCapabilities(config, host)
  compileFilter(security.seccomp, { ...host, capabilities })
  return [...checkNetwork(request, Object.keys(merged.ExposedPorts)), ...security.warnings]
}

/** Errors: `bad-container-name`. */
export function checkName(name: string): void {
  if (!NAME.test(name)) {
    throw invalid(
      'bad-container-name',
      `name container '${name}': a name is at least two of letters, digits and _ . - and starts with a letter or digit`,
    )
  }
}

function checkLifetime(config: HostConfig): void {
  const policy = config.RestartPolicy ?? {}
  checkRestartPolicy(policy)
  if (config.AutoRemove === true && restarts(policy)) {
    throw invalid('auto-remove-conflict', `create container: it cannot be removed at its end and be restarted by policy '${policy.Name}'`)
  }
  parseLogConfig(config)
}

function checkOptions(config: HostConfig): void {
  if ((config.ShmSize ?? 0) < 0) throw invalid('bad-shm-size', `set size of /dev/shm to ${config.ShmSize}: it cannot be negative`)
  const score = config.OomScoreAdj ?? 0
  if (score < -1000 || score > 1000) throw invalid('bad-oom-score', `set OOM score to ${score}: it must be from -1000 to 1000`)
  if ((config.CgroupParent ?? '') !== '') cgroupSegments(config.CgroupParent ?? '')
  for (const path of [...(config.MaskedPaths ?? []), ...(config.ReadonlyPaths ?? [])]) {
    if (!path.startsWith('/')) throw invalid('bad-masked-path', `mask '${path}': it must be an absolute path`)
  }
  checkVolumeDriver(config.VolumeDriver)
  if (Object.keys(config.StorageOpt ?? {}).length > 0)
    throw invalid('storage-opt-not-available', 'use storage options: the overlay driver has none')
  const runtime = config.Runtime ?? ''
  if (runtime !== '' && runtime !== 'pocker')
    throw invalid('unknown-runtime', `use runtime '${runtime}': containers are made by Pocker itself`)
  const isolation = config.Isolation ?? ''
  if (isolation !== '' && isolation !== 'default') throw invalid('unknown-isolation', `use isolation '${isolation}': that is for Windows`)
  if ((config.DeviceRequests ?? []).length > 0) {
    throw notImplemented(
      'device-requests-not-available',
      'give GPUs or other requested devices: that is not there',
      'name them with --device',
    )
  }
}
