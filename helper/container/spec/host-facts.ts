/** What a container's configuration depends on besides the request: facts about this machine, read once when the helper starts. */
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, hostname, release } from 'node:os'
import type { Device } from '../oci.ts'
import { readDevices } from './host-devices.ts'

export interface HostFacts {
  /** The highest capability number the kernel knows. */
  readonly lastCapability: number
  /** What the helper itself may do and pass on: in a container or virtual machine perhaps not everything. */
  readonly heldCapabilities: readonly number[]
  readonly architecture: 'x64' | 'arm64'
  readonly kernel: KernelVersion
  readonly hostname: string
  readonly appArmor: boolean
  /** Files that tell what the processors are doing, one a processor; empty where the hardware has none. */
  readonly thermalPaths: readonly string[]
  /** The device at `path`, or all devices in and below it when it is a folder; undefined when nothing is there. */
  readonly readDevices: (path: string) => readonly Device[] | undefined
}

export interface KernelVersion {
  readonly major: number
  readonly minor: number
}

/** Reads the facts. Errors: those of reading /proc. */
export function readHostFacts(architecture: HostFacts['architecture']): HostFacts {
  return {
    lastCapability: Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'latin1')),
    heldCapabilities: parseHeldCapabilities(readFileSync('/proc/self/status', 'latin1')),
    architecture,
    kernel: parseKernelVersion(release()),
    hostname: hostname(),
    appArmor: isAppArmorOn(),
    thermalPaths: Array.from({ length: availableParallelism() }, (_, cpu) => `/sys/devices/system/cpu/cpu${cpu}/thermal_throttle`).filter(
      existsSync,
    ),
    readDevices,
  }
}

/** `6.18.44-amd64` → 6, 18; what does not parse is 0, 0, the oldest. */
export function parseKernelVersion(text: string): KernelVersion {
  const [, major = '0', minor = '0'] = /^([0-9]+)\.([0-9]+)/.exec(text) ?? []
  return { major: Number(major), minor: Number(minor) }
}

/** The numbers that are both in the permitted and the bounding set of a /proc/PID/status. */
export function parseHeldCapabilities(status: string): number[] {
  const [permitted, bounding] = ['CapPrm', 'CapBnd'].map((name) =>
    BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`),
  )
  const held = (permitted ?? 0n) & (bounding ?? 0n)
  return Array.from({ length: 64 }, (_, number) => number).filter((number) => (held >> BigInt(number)) & 1n)
}

/** Whether the kernel is that version or a later one. */
export function isAtLeast(kernel: KernelVersion, major: number, minor: number): boolean {
  return kernel.major > major || (kernel.major === major && kernel.minor >= minor)
}

function isAppArmorOn(): boolean {
  try {
    return readFileSync('/sys/module/apparmor/parameters/enabled', 'latin1').startsWith('Y')
  } catch {
    // A kernel without AppArmor has no such file.
    return false
  }
}
