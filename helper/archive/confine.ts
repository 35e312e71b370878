/**
 * The child confines itself, after its modules are loaded and before it reads anything that is not trusted: the folder it works on becomes
 * the only thing there is, privileges shrink to what files need, and a filter refuses all calls it has no use for.
 *
 * Namespaces, root and capabilities are the calling thread's: so all work with files is done on the main thread, by synchronous calls.
 * Threads that decompress are started by it later and inherit everything; V8's own two, which are older, get the filter only.
 */
import { compileSeccomp } from '../container/seccomp/compile.ts'
import { defaultSeccompProfile } from '../container/seccomp/default-profile.ts'
import type { SeccompProfile } from '../container/seccomp/profile.ts'
import { call } from '../linux/call.ts'
import { linux } from '../linux/constants.ts'
import { SyscallError } from '../linux/errno.ts'
import { architecture } from '../linux/interpreter.ts'
import { link } from '../linux/link.ts'
import { mapArena, run } from '../linux/machine.ts'
import { Cell, Program } from '../linux/program.ts'

// <linux/prctl.h>, <linux/seccomp.h>, <sched.h>, <linux/resource.h>
const PR_SET_PDEATHSIG = 1
const SECCOMP_FILTER_FLAG_TSYNC = 1
const CLONE_THREAD = 0x10000
const RLIMIT_CORE = 4
const CAPABILITY_VERSION_3 = 0x20080522
const LAST_CAPABILITY = 40

/** What unpacking needs of root's power over files; CAP_DAC_READ_SEARCH is not among it, as it opens files outside by handle. */
const FILE_CAPABILITIES = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_MKNOD: 27,
  CAP_SETFCAP: 31,
} as const

/** To read `trusted.*` attributes; the filter still refuses whatever else it would allow. */
export const CAP_SYS_ADMIN = 21

/** A helper that is gone wants no more work done. */
export function dieWithParent(): void {
  call('prctl', [PR_SET_PDEATHSIG, linux.SIGKILL, 0, 0, 0], 'parent')
}

/**
 * The folder `folder` (a descriptor) as a mount of its own without devices and set-user-ID programs, attached nowhere. To be called before
 * `isolate`: the kernel copies mounts of the caller's own namespace only. Returns its descriptor. Errors: SyscallError.
 */
export function cloneFolder(folder: number): number {
  const mount = call('open_tree', [folder, '', linux.AT_EMPTY_PATH | linux.OPEN_TREE_CLONE | linux.O_CLOEXEC], 'folder')
  const set = linux.MOUNT_ATTR_NODEV | linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NOEXEC
  const attributes = new Uint8Array(new BigUint64Array([BigInt(set), 0n, BigInt(linux.MS_PRIVATE), 0n]).buffer)
  call('mount_setattr', [mount, '', linux.AT_EMPTY_PATH, attributes, attributes.length], 'folder')
  return mount
}

/** Leaves the host's mounts, network, IPC and host name: what is mounted from here on is seen by this thread alone. Errors: SyscallError. */
export function isolate(): void {
  const flags = linux.CLONE_FS | linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
  call('unshare', [flags], 'namespaces')
  // A slave of the host's: its unmounts still come through, ours do not go back.
  call('mount', ['none', '/', 0, linux.MS_REC | linux.MS_SLAVE, 0], '/')
}

/** Makes `mount` (a descriptor of one that is attached nowhere) the only mount there is, and its root `/`. After `isolate`. Errors: SyscallError. */
export function enterMount(mount: number): void {
  call('move_mount', [mount, '', linux.AT_FDCWD, '/', linux.MOVE_MOUNT_F_EMPTY_PATH], 'folder')
  call('fchdir', [mount], 'folder')
  call('pivot_root', ['.', '.'], 'folder')
  call('umount2', ['.', linux.MNT_DETACH], 'old root')
  call('chdir', ['/'], '/')
}

/** What one kind of work needs besides. */
export interface Needs {
  readonly capabilities?: readonly number[]
  /** Names of system calls. */
  readonly calls?: readonly string[]
}

/**
 * Gives up all privileges but those over files, and all system calls but those that files and memory need; and what else is needed stays.
 * Errors: SyscallError.
 */
export function restrict({ capabilities = [], calls = [] }: Needs = {}): void {
  const kept = new Set<number>([...Object.values(FILE_CAPABILITIES), ...capabilities])
  call('prlimit64', [0, RLIMIT_CORE, new Uint8Array(16), 0], 'core files')
  call('prctl', [linux.PR_SET_DUMPABLE, 0, 0, 0, 0], 'dumpable')
  call('keyctl', [linux.KEYCTL_JOIN_SESSION_KEYRING, 0], 'keyring')
  for (let capability = 0; capability <= LAST_CAPABILITY; capability++) {
    // EINVAL is a capability that this kernel does not know yet.
    if (!kept.has(capability)) dropFromBounds(capability)
  }
  call('prctl', [linux.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0], 'privileges')
  setCapabilities(kept)
  attachFilter(compileSeccomp(fileProfile(new Set(calls)), { capabilities: [], architecture, kernel: { major: 0, minor: 0 } }))
}

function dropFromBounds(capability: number): void {
  try {
    call('prctl', [linux.PR_CAPBSET_DROP, capability, 0, 0, 0], `capability ${capability}`)
  } catch (error) {
    if (!(error instanceof SyscallError && error.code === 'EINVAL')) throw error
  }
}

function setCapabilities(kept: ReadonlySet<number>): void {
  const data = new Uint32Array(6)
  for (const capability of kept) {
    const word = capability < 32 ? 0 : 3
    for (const set of [0, 1]) data[word + set] = ((data[word + set] ?? 0) | (1 << (capability & 31))) >>> 0
  }
  const header = new Uint8Array(new Uint32Array([CAPABILITY_VERSION_3, 0]).buffer)
  call('prctl', [linux.PR_CAP_AMBIENT, linux.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0], 'capabilities')
  call('capset', [header, new Uint8Array(data.buffer)], 'capabilities')
}

// Out of Docker's own list of what programs need, which Node is known to run with.
const REFUSED = new Set(
  `
  accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto setsockopt socket
  socketcall socketpair execve execveat fork vfork clone clone3 ptrace process_vm_readv process_vm_writev process_mrelease pidfd_open
  pidfd_send_signal kill tkill rt_sigqueueinfo rt_tgsigqueueinfo setns unshare mount umount2 chroot pivot_root open_by_handle_at
  name_to_handle_at bpf seccomp landlock_add_rule landlock_create_ruleset landlock_restrict_self memfd_create memfd_secret
  shmat shmctl shmdt shmget msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 ipc mq_getsetattr mq_notify
  mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink io_setup io_submit io_destroy io_cancel
  io_getevents io_pgetevents io_pgetevents_time64 inotify_add_watch inotify_init inotify_init1 inotify_rm_watch fanotify_mark
  setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 setresuid setresuid32 setresgid setresgid32 setgroups
  setgroups32 setfsuid setfsuid32 setfsgid setfsgid32 capset setsid setpgid listmount statmount adjtimex clock_adjtime clock_adjtime64
  personality setrlimit syslog
  `
    .trim()
    .split(/\s+/),
)

function fileProfile(needed: ReadonlySet<string>): SeccompProfile {
  const isAllowed = (name: string) => !REFUSED.has(name) || needed.has(name)
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 1,
    syscalls: [
      ...defaultSeccompProfile.syscalls.map((rule) => ({ ...rule, names: rule.names.filter(isAllowed) })),
      // Threads, and no processes. The flags of clone3 are in memory, where no filter can look; ENOSYS makes libc take clone instead.
      {
        names: ['clone'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, op: 'SCMP_CMP_MASKED_EQ', value: BigInt(CLONE_THREAD), valueTwo: BigInt(CLONE_THREAD) }],
      },
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
    ],
  }
}

/** To all threads at once (TSYNC): those of V8 too, which could otherwise still do what this one may not. */
function attachFilter(filter: Uint8Array): void {
  const head = new Uint8Array(16)
  new DataView(head.buffer).setUint16(0, filter.length / 8, true)
  const program = new Program()
  const result = new Cell()
  const fprog = new Cell(head, [{ offset: 8, to: filter }])
  program.call('seccomp', [linux.SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, fprog], { result })
  program.end()
  const arena = mapArena(filter.length + 4096)
  const linked = link(program, architecture, arena.bytes, arena.address)
  run(arena.address)
  const value = Number(Buffer.from(arena.bytes.buffer, arena.bytes.byteOffset).readBigInt64LE(linked.offsetOf(result)))
  if (value < 0) throw new SyscallError('seccomp', 'filter', -value)
  if (value > 0) throw new Error(`attach seccomp filter: thread ${value} could not take it`)
}
