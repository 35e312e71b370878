import type { HostFacts } from './host-facts.ts'

/** A host that does not depend on the machine the tests run on. */
export const exampleHost: HostFacts = {
  lastCapability: 40,
  heldCapabilities: Array.from({ length: 41 }, (_, number) => number),
  architecture: 'x64',
  kernel: { major: 6, minor: 1 },
  hostname: 'machine',
  appArmor: false,
  thermalPaths: ['/sys/devices/system/cpu/cpu0/thermal_throttle'],
  readDevices: (path) => [
    { path: path === '/dev' ? '/dev/fuse' : path, type: 'c', major: 10, minor: 229, fileMode: 0o666, uid: 0, gid: 0 },
  ],
}
