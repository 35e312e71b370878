/**
 * Docker's default sandbox as tables (moby's daemon/pkg/oci/defaults.go and runc's default devices), a reason for each line.
 * `--privileged` leaves them out.
 */
import type { Device, DeviceRule } from '../oci.ts'

/** Read as empty: files are covered by /dev/null, folders by an empty read-only tmpfs. */
export const maskedPaths: readonly string[] = [
  '/proc/acpi', // power off, fan and battery control on old kernels
  '/proc/asound', // the host's sound hardware
  '/proc/interrupts', // keystroke timing of other users
  '/proc/kcore', // the kernel's memory
  '/proc/keys', // the names of other users' keys: keyrings are not namespaced
  '/proc/latency_stats', // what other processes wait for, with kernel addresses
  '/proc/sched_debug', // every process of the host by name
  '/proc/scsi', // detaches the host's disks when written
  '/proc/timer_list', // kernel addresses, other processes' timers
  '/proc/timer_stats', // other processes by name
  '/sys/devices/virtual/powercap', // energy meters: a side channel onto other processes' keys (PLATYPUS)
  '/sys/firmware', // ACPI tables and EFI variables, which can ruin a machine
]

/** Readable, never writable: settings of the whole host. */
export const readonlyPaths: readonly string[] = [
  '/proc/bus', // raw access to PCI and USB configuration
  '/proc/fs', // settings of filesystems and NFS exports
  '/proc/irq', // interrupt placement
  '/proc/sys', // sysctls: those that are not namespaced are the host's
  '/proc/sysrq-trigger', // reboots the host
]

/** Made in every container's /dev: programs count on them and they reach nothing. */
export const defaultDevices: readonly Device[] = [
  character('null', 1, 3), // where output goes to die
  character('zero', 1, 5), // zeroed memory by mmap
  character('full', 1, 7), // tests of a full disk
  character('random', 1, 8), // the kernel's random numbers
  character('urandom', 1, 9), // the same, as most programs know it
  character('tty', 5, 0), // the opener's own controlling terminal
]

/** What the devices cgroup says before the request's own rules; of several matching the last one counts. */
export const firstDeviceRules: readonly DeviceRule[] = [
  { allow: false, type: 'a', access: 'rwm' }, // nothing that is not named below
  rule('c', 1, 5, 'rwm'), // zero
  rule('c', 1, 3, 'rwm'), // null
  rule('c', 1, 9, 'rwm'), // urandom
  rule('c', 1, 8, 'rwm'), // random
  rule('c', 5, 0, 'rwm'), // tty
  rule('c', 5, 1, 'rwm'), // console
  { allow: false, type: 'c', major: 10, minor: 229, access: 'rwm' }, // fuse: a filesystem served by the container
]

/** What runc adds behind the request's rules, so that no rule takes it away. */
export const lastDeviceRules: readonly DeviceRule[] = [
  { allow: true, type: 'c', access: 'm' }, // mknod alone gives no access, and packages unpack device nodes
  { allow: true, type: 'b', access: 'm' }, // the same for block devices
  rule('c', 1, 3, 'rwm'), // null
  rule('c', 1, 8, 'rwm'), // random
  rule('c', 1, 7, 'rwm'), // full
  rule('c', 5, 0, 'rwm'), // tty
  rule('c', 1, 5, 'rwm'), // zero
  rule('c', 1, 9, 'rwm'), // urandom
  { allow: true, type: 'c', major: 136, access: 'rwm' }, // the terminals of the container's own devpts
  rule('c', 5, 2, 'rwm'), // ptmx, which makes them
  rule('c', 10, 200, 'rwm'), // tun: works only on interfaces of the container's own network
]

/** `--privileged`: every device. */
export const privilegedDeviceRules: readonly DeviceRule[] = [{ allow: true, type: 'a', access: 'rwm' }]

/** Set in a network namespace that the container does not share. */
export const networkSysctls: Readonly<Record<string, string>> = {
  'net.ipv4.ping_group_range': '0 2147483647', // ping for everybody, without a raw socket
  'net.ipv4.ip_unprivileged_port_start': '0', // port 80 without root: there is nobody else in the namespace to take it from
}

function character(name: string, major: number, minor: number): Device {
  return { path: `/dev/${name}`, type: 'c', major, minor, fileMode: 0o666, uid: 0, gid: 0 }
}

function rule(type: 'c' | 'b', major: number, minor: number, access: string): DeviceRule {
  return { allow: true, type, major, minor, access }
}
