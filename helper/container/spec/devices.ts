import type { DeviceMapping, HostConfig } from '../../api/host-config.ts'
import type { Device, DeviceRule } from '../oci.ts'
import { cleanPath, isWithin } from './container-path.ts'
import type { HostFacts } from './host-facts.ts'
import { invalid } from './refuse.ts'
import { defaultDevices, firstDeviceRules, lastDeviceRules, privilegedDeviceRules } from './sandbox.ts'

export interface DeviceAccess {
  /** To be made in the container's /dev. */
  readonly devices: readonly Device[]
  /** For the devices cgroup, in order; of several that match the last one counts. */
  readonly rules: readonly DeviceRule[]
}

/**
 * The container's devices and what it may do with them: Docker's defaults, `Devices` and `DeviceCgroupRules`, or everything when privileged.
 * Errors: `no-such-device`, `bad-device`, `bad-device-rule`.
 */
export function planDevices(config: HostConfig, readDevices: HostFacts['readDevices']): DeviceAccess {
  const mapped = (config.Devices ?? []).map((mapping) => mapDevices(mapping, readDevices))
  const asked = mapped.flatMap(({ devices }) => devices)
  if (config.Privileged === true) {
    const host = readDevices('/dev') ?? []
    return { devices: uniqueByPath([...host, ...asked, ...defaultDevices]), rules: privilegedDeviceRules }
  }
  const rules = (config.DeviceCgroupRules ?? []).map(parseDeviceRule)
  return {
    devices: uniqueByPath([...defaultDevices, ...asked]),
    rules: [...firstDeviceRules, ...mapped.flatMap((mapping) => mapping.rules), ...rules, ...lastDeviceRules],
  }
}

/**
 * One of DeviceCgroupRules, such as `c 13:* rwm`.
 * Errors: `bad-device-rule`.
 */
export function parseDeviceRule(text: string): DeviceRule {
  const match = /^([acb]) ([0-9]{1,10}|\*):([0-9]{1,10}|\*) ([rwm]{1,3})$/.exec(text)
  const [, type, major = '', minor = '', access = ''] = match ?? []
  if (type !== 'a' && type !== 'c' && type !== 'b') {
    throw invalid('bad-device-rule', `read device rule '${text}': it must be like 'c 13:* rwm'`)
  }
  return {
    allow: true,
    type,
    ...(major === '*' ? {} : { major: Number(major) }),
    ...(minor === '*' ? {} : { minor: Number(minor) }),
    access,
  }
}

// What the container's own /dev holds under these names is made by the helper.
const RESERVED = /^\/dev\/(fd|stdin|stdout|stderr|core|ptmx|console|pts|shm|mqueue)(\/|$)/

/** Checks what can be checked without looking at the host. Errors: `bad-device`. */
export function checkDeviceMapping(mapping: DeviceMapping): { source: string; target: string; access: string } {
  const { PathOnHost: source, PathInContainer = '', CgroupPermissions = '' } = mapping
  const target = cleanPath(PathInContainer === '' ? source : PathInContainer)
  const access = CgroupPermissions === '' ? 'rwm' : CgroupPermissions
  if (!source.startsWith('/')) throw invalid('bad-device', `add device '${source}': its path on the host must be absolute`)
  if (!isWithin(target, '/dev') || target === '/dev') {
    throw invalid('bad-device', `add device '${source}': its path in the container, '${target}', must lie in /dev`)
  }
  if (RESERVED.test(target)) throw invalid('bad-device', `add device '${source}': '${target}' is already something else in a container`)
  if (!/^[rwm]{1,3}$/.test(access)) throw invalid('bad-device', `add device '${source}': permissions '${access}' are not of r, w and m`)
  return { source: cleanPath(source), target, access }
}

function mapDevices(mapping: DeviceMapping, readDevices: HostFacts['readDevices']): DeviceAccess {
  const { source, target, access } = checkDeviceMapping(mapping)
  const found = readDevices(source)
  if (found === undefined) throw invalid('no-such-device', `add device '${source}': it does not exist on this host`)
  if (found.length === 0) throw invalid('bad-device', `add device '${source}': it is not a device and holds none`)
  const devices = found.map((device) => ({ ...device, path: target + device.path.slice(source.length) }))
  return {
    devices,
    rules: devices.flatMap(({ type, major, minor }) => (type === 'p' ? [] : [{ allow: true, type, major, minor, access }])),
  }
}

/** The last one of each path, in the order of the paths' first. */
function uniqueByPath(devices: readonly Device[]): Device[] {
  return [...new Map(devices.map((device) => [device.path, device])).values()]
}
