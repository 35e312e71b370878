import { posix } from 'node:path'
import { invalid } from './invalid.ts'
import { integerBetween } from './number.ts'
import { parseSize } from './size.ts'

export interface DeviceMapping {
  readonly PathOnHost: string
  readonly PathInContainer: string
  readonly CgroupPermissions: string
}

/** `--device host[:container][:rwm]`. Errors: `invalid-device`. */
export function parseDevice(text: string): DeviceMapping {
  const [host = '', second, third, ...rest] = text.split(':')
  if (host === '' || rest.length > 0) throw invalid('invalid-device', `bad format for path: ${text}`)
  if (third !== undefined && !isMode(third)) throw invalid('invalid-device', `bad mode specified: ${third}`)
  const onlyMode = third === undefined && second !== undefined && isMode(second)
  const container = onlyMode || second === undefined || second === '' ? host : second
  if (!container.startsWith('/')) throw invalid('invalid-device', `${container} is not an absolute path`)
  return { PathOnHost: host, PathInContainer: posix.normalize(container), CgroupPermissions: third ?? (onlyMode ? second : 'rwm') }
}

/** Letters r, w and m, each at most once. */
function isMode(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length
}

/** `--device-cgroup-rule 'c 1:3 rwm'`. Errors: `invalid-device-rule`. */
export function parseDeviceRule(text: string): string {
  if (/^[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}$/.test(text)) return text
  throw invalid('invalid-device-rule', `invalid device cgroup format '${text}'`)
}

export interface DeviceRate {
  readonly Path: string
  readonly Rate: number
}

/** `--device-read-bps /dev/sda:1mb`: bytes per second. Errors: `invalid-device-rate`, `invalid-size`. */
export function parseDeviceRate(text: string): DeviceRate {
  const { path, value } = splitDevice(text)
  return { Path: path, Rate: parseSize(value) }
}

/** `--device-read-iops /dev/sda:1000`: operations per second. Errors: `invalid-device-rate`, `invalid-number`. */
export function parseDeviceOperations(text: string): DeviceRate {
  const { path, value } = splitDevice(text)
  return { Path: path, Rate: integerBetween(0, Number.MAX_SAFE_INTEGER)(value) }
}

/** `--blkio-weight-device /dev/sda:200`. Errors: `invalid-device-rate`, `invalid-number`. */
export function parseDeviceWeight(text: string): { readonly Path: string; readonly Weight: number } {
  const { path, value } = splitDevice(text)
  return { Path: path, Weight: value === '0' ? 0 : integerBetween(10, 1000)(value) }
}

function splitDevice(text: string): { path: string; value: string } {
  const colon = text.indexOf(':')
  if (colon < 1) throw invalid('invalid-device-rate', `bad format: ${text}`)
  const path = text.slice(0, colon)
  if (!path.startsWith('/dev/')) throw invalid('invalid-device-rate', `bad format for device path: ${text}`)
  return { path, value: text.slice(colon + 1) }
}
