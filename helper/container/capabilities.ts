/** Linux capabilities: their numbers, Docker's default set, and what `--cap-add` and `--cap-drop` make of it. */
import { PockerError } from '../api/errors.ts'

/** By number, as in <linux/capability.h>. */
const names = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const

export type CapabilityName = (typeof names)[number]

const numbers: ReadonlyMap<string, number> = new Map(names.map((name, number) => [name, number]))

/** Docker's default set: what programs that were written for a root of their own need, as far as namespaces and cgroups hold it in. */
const defaults: readonly CapabilityName[] = [
  'CAP_CHOWN', // package managers and entrypoints give files to the service's user
  'CAP_DAC_OVERRIDE', // root reads and writes files of other users, as everywhere
  'CAP_FSETID', // setuid and setgid bits survive root's own chmod and write
  'CAP_FOWNER', // chmod, utimes and sticky folders for files of other users
  'CAP_MKNOD', // images unpack archives with device nodes; the device cgroup decides which of them open
  'CAP_NET_RAW', // ping; raw sockets reach the container's own network namespace only
  'CAP_SETGID', // services drop to their own group
  'CAP_SETUID', // services drop to their own user, sudo and su work
  'CAP_SETFCAP', // package managers install files with capabilities
  'CAP_SETPCAP', // services give up capabilities of their own
  'CAP_NET_BIND_SERVICE', // ports below 1024
  'CAP_SYS_CHROOT', // sshd, postfix and others lock themselves in
  'CAP_KILL', // an init or a supervisor signals processes of other users in its own pid namespace
  'CAP_AUDIT_WRITE', // PAM (login, sshd, sudo) fails without being able to log
]

export const defaultCapabilities: readonly number[] = sorted(defaults.map((name) => names.indexOf(name)))

export interface CapabilityRequest {
  /** `--cap-add`: names in any case, with or without `CAP_`, or `ALL`. */
  readonly add: readonly string[]
  /** `--cap-drop`, likewise. */
  readonly drop: readonly string[]
  readonly privileged: boolean
  /** The running kernel's highest capability number. */
  readonly lastCapability: number
}

/**
 * The capabilities of a container, ascending. Follows moby's `caps.TweakCapabilities`, where the order of options does not count:
 * privileged is all, whatever else is asked; `ALL` added is all but the dropped; `ALL` dropped is only the added; otherwise the
 * defaults without the dropped, and then the added, which so wins over the same name dropped.
 * Errors: InvalidParameter `unknown-capability`, also for one that this kernel does not know.
 */
export function resolveCapabilities(request: CapabilityRequest): readonly number[] {
  const { lastCapability } = request
  const drop = parseCapabilities(request.drop, lastCapability)
  const add = parseCapabilities(request.add, lastCapability)
  if (request.privileged) return allUpTo(lastCapability)
  if (add.all) return allUpTo(lastCapability).filter((number) => !drop.numbers.has(number))
  if (drop.all) return sorted(add.numbers)
  return sorted([...defaultCapabilities.filter((number) => !drop.numbers.has(number)), ...add.numbers])
}

/** `CAP_CHOWN` for 0; a number that came after this list is `CAP_41` and so on. */
export function capabilityName(number: number): string {
  return names[number] ?? `CAP_${number}`
}

/** The number of a name such as `CAP_CHOWN`; undefined when there is no such capability. */
export function capabilityNumber(name: string): number | undefined {
  return numbers.get(name)
}

function parseCapabilities(words: readonly string[], lastCapability: number): { all: boolean; numbers: ReadonlySet<number> } {
  let all = false
  const found = new Set<number>()
  for (const word of words) {
    const name = word.toUpperCase()
    if (name === 'ALL') all = true
    else found.add(parseCapability(name, lastCapability))
  }
  return { all, numbers: found }
}

function parseCapability(name: string, lastCapability: number): number {
  const number = numbers.get(name.startsWith('CAP_') ? name : `CAP_${name}`)
  if (number === undefined) throw unknown(name, 'there is no such capability')
  if (number > lastCapability) throw unknown(name, 'this kernel does not know it')
  return number
}

function unknown(name: string, cause: string): PockerError {
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name
  return new PockerError('InvalidParameter', `add or drop capability '${shown}': ${cause}`, { code: 'unknown-capability' })
}

function allUpTo(last: number): readonly number[] {
  return Array.from({ length: last + 1 }, (_, number) => number)
}

function sorted(numbers: Iterable<number>): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b)
}
