import { flags } from '../../linux/constants.ts'
import { Cell, struct } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Process, Rlimit, User } from '../oci.ts'

export interface Restriction {
  readonly process: Process
  readonly seccomp: Uint8Array | undefined
  /** The running kernel's highest capability number. */
  readonly lastCapability: number
}

const RLIMITS: Readonly<Record<string, number>> = {
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE: 7,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  RLIMIT_LOCKS: 10,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
  RLIMIT_NICE: 13,
  RLIMIT_RTPRIO: 14,
  RLIMIT_RTTIME: 15,
}

/** Gives up everything the container may not have: after the last mount, before exec. */
export function restrict(plan: Plan, restriction: Restriction): void {
  const { process, seccomp } = restriction
  plan.step('restrict')
  // A session keyring of its own, or the container could read the helper's keys.
  plan.call('keyctl', [flags('KEYCTL_JOIN_SESSION_KEYRING'), 0])
  for (const rlimit of process.rlimits) setRlimit(plan, rlimit)
  const kept = new Set(process.capabilities.bounding)
  for (let capability = 0; capability <= restriction.lastCapability; capability++) {
    if (!kept.has(capability)) plan.call('prctl', [flags('PR_CAPBSET_DROP'), capability, 0, 0, 0])
  }
  if (process.noNewPrivileges) plan.call('prctl', [flags('PR_SET_NO_NEW_PRIVS'), 1, 0, 0, 0])
  else if (seccomp !== undefined) attachFilter(plan, seccomp) // while CAP_SYS_ADMIN is still there to allow it
  changeUser(plan, process.user)
  setCapabilities(plan, process)
  if (process.noNewPrivileges && seccomp !== undefined) attachFilter(plan, seccomp)
}

function setRlimit(plan: Plan, rlimit: Rlimit): void {
  const number = RLIMITS[rlimit.type]
  if (number === undefined) throw new RangeError(`unknown limit ${rlimit.type}`)
  plan.call('prlimit64', [0, { value: number, text: rlimit.type }, struct([rlimit.soft, rlimit.hard]), 0])
}

/** Groups first, while still allowed to; leaving user 0 clears the capabilities of a plain user by itself. */
function changeUser(plan: Plan, user: User): void {
  const groups = new Uint8Array(new Uint32Array(user.additionalGids).buffer)
  plan.call('setgroups', [user.additionalGids.length, groups])
  plan.call('setresgid', [user.gid, user.gid, user.gid])
  plan.call('setresuid', [user.uid, user.uid, user.uid])
  plan.call('umask', [user.umask])
}

const CAPABILITY_VERSION_3 = 0x20080522

/** Nothing inheritable and nothing ambient, so that no program file raises what it runs with (CVE-2022-24769). */
function setCapabilities(plan: Plan, process: Process): void {
  const { effective, permitted, inheritable } = process.capabilities
  const header = new Uint8Array(new Uint32Array([CAPABILITY_VERSION_3, 0]).buffer)
  const sets = [bits(effective), bits(permitted), bits(inheritable)]
  const data = new Uint32Array(6)
  sets.forEach(([low, high], index) => {
    data[index] = low
    data[index + 3] = high
  })
  plan.call('prctl', [flags('PR_CAP_AMBIENT'), flags('PR_CAP_AMBIENT_CLEAR_ALL'), 0, 0, 0])
  plan.call('capset', [header, new Uint8Array(data.buffer)])
}

function bits(capabilities: readonly number[]): readonly [low: number, high: number] {
  let low = 0
  let high = 0
  for (const capability of capabilities) {
    if (capability < 32) low |= 1 << capability
    else high |= 1 << (capability - 32)
  }
  return [low >>> 0, high >>> 0]
}

/** No TSYNC flag: this task alone, or the helper's threads, which share its memory until exec, would be filtered too. */
function attachFilter(plan: Plan, filter: Uint8Array): void {
  const program = new Uint8Array(16)
  new DataView(program.buffer).setUint16(0, filter.length / 8, true)
  plan.call('seccomp', [flags('SECCOMP_SET_MODE_FILTER'), 0, new Cell(program, [{ offset: 8, to: filter }])])
}
