/** The attempts for real. Each leaves nothing behind. */
import { closeSync, existsSync, mkdirSync, mkdtempSync, readSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { call, tryCall } from '../linux/call.ts'
import { flags, linux } from '../linux/constants.ts'
import { errnoName, SyscallError } from '../linux/errno.ts'
import { NetlinkSocket } from '../linux/netlink/netlink-socket.ts'
import { Cell } from '../linux/program.ts'
import { chainThatDrops } from '../network/forward-drop.ts'
import type { Attempts, Reason } from './check.ts'
import { tryInChild } from './try-in-child.ts'

/** The attempts that the user may make. */
export function realAttempts(uid: number): Attempts {
  const forAll = { seccomp: trySeccomp, userNamespaces: tryUserNamespaces }
  if (uid !== 0) return forAll
  const asRoot = {
    namespaces: tryNamespaces,
    overlay: tryOverlay,
    idmappedMounts: tryIdmappedMounts,
    packetFilter: tryPacketFilter,
    forwarding: tryForwarding,
  }
  return { ...forAll, asRoot }
}

function trySeccomp(): Reason {
  const action = new Uint8Array(new Uint32Array([linux.SECCOMP_RET_ERRNO]).buffer)
  return reasonOf(tryCall('seccomp', [linux.SECCOMP_GET_ACTION_AVAIL, 0, action]))
}

/** AppArmor lets an ordinary user make one (Ubuntu 23.10 and later) and then denies everything in it: so something is done there. */
function tryUserNamespaces(): Reason {
  return sentence(
    tryInChild(flags('CLONE_NEWUSER', 'CLONE_NEWNS'), (plan) => plan.call('mount', ['none', '/', 0, flags('MS_REC', 'MS_PRIVATE'), 0])),
  )
}

function tryNamespaces(): Reason {
  const all = flags('CLONE_NEWNS', 'CLONE_NEWPID', 'CLONE_NEWNET', 'CLONE_NEWUTS', 'CLONE_NEWIPC', 'CLONE_NEWCGROUP')
  return sentence(tryInChild(all, (plan) => plan.call('mount', ['none', '/', 0, flags('MS_REC', 'MS_PRIVATE'), 0])))
}

/** The filesystem is made, and mounted nowhere. */
function tryOverlay(folder: string): Reason {
  return inNewFolder(folder, (place) => {
    for (const name of ['lower', 'upper', 'work']) mkdirSync(join(place, name))
    const context = tryCall('fsopen', ['overlay', linux.FSOPEN_CLOEXEC])
    if (context === -constants.errno.ENODEV) return 'the kernel has no overlayfs'
    if (context < 0) return reasonOf(context)
    try {
      for (const [key, name] of [
        ['lowerdir', 'lower'],
        ['upperdir', 'upper'],
        ['workdir', 'work'],
      ] as const) {
        call('fsconfig', [context, linux.FSCONFIG_SET_STRING, key, join(place, name), 0], key)
      }
      // Without it the end of the filesystem waits for the disk (60 ms).
      tryCall('fsconfig', [context, linux.FSCONFIG_SET_FLAG, 'volatile', 0, 0])
      call('fsconfig', [context, linux.FSCONFIG_CMD_CREATE, 0, 0, 0], 'overlay')
      return undefined
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error
      return complaint(context) ?? sentence(error)
    } finally {
      closeSync(context)
    }
  })
}

/** What the filesystem has to say about its failure: a letter for the gravity, then its words. */
function complaint(context: number): Reason {
  const message = Buffer.alloc(4096)
  try {
    return message
      .toString('utf8', 0, readSync(context, message))
      .replace(/^[ewi] (overlay(fs)?: )?/, '')
      .trim()
  } catch {
    // ENODATA: it has said nothing.
    return undefined
  }
}

/** A user namespace is made for it in a child, which leaves its descriptor here. */
function tryIdmappedMounts(folder: string): Reason {
  return inNewFolder(folder, (place) => {
    const namespace = new Cell()
    let made = -1
    const failure = tryInChild(
      flags('CLONE_NEWUSER'),
      (plan) => {
        plan.writeFile('/proc/self/setgroups', 'deny')
        for (const file of ['uid_map', 'gid_map']) plan.writeFile(`/proc/self/${file}`, '0 0 1')
        plan.call('openat', [linux.AT_FDCWD, '/proc/self/ns/user', flags('O_RDONLY', 'O_CLOEXEC'), 0], { result: namespace })
      },
      (outcome) => {
        made = outcome.descriptor(namespace)
      },
    )
    if (failure !== undefined) return sentence(failure)
    try {
      return showUnderOtherOwners(place, made)
    } finally {
      closeSync(made)
    }
  })
}

function showUnderOtherOwners(folder: string, namespace: number): Reason {
  const mount = tryCall('open_tree', [linux.AT_FDCWD, folder, linux.OPEN_TREE_CLONE | linux.O_CLOEXEC])
  if (mount < 0) return reasonOf(mount)
  try {
    const attributes = new Uint8Array(new BigUint64Array([BigInt(linux.MOUNT_ATTR_IDMAP), 0n, 0n, BigInt(namespace)]).buffer)
    const result = tryCall('mount_setattr', [mount, '', linux.AT_EMPTY_PATH, attributes, attributes.length])
    return result === -constants.errno.EINVAL ? 'this filesystem cannot' : reasonOf(result)
  } finally {
    closeSync(mount)
  }
}

const NETLINK_NETFILTER = 12
const NFNL_SUBSYS_NFTABLES = 10
const NFT_MSG_GETGEN = 16
const NLM_F_REQUEST = 1
const NLMSG_ERROR = 2

/** Asks for the generation of the rules, which changes nothing but may load the module. */
function tryPacketFilter(): Reason {
  const socket = tryCall('socket', [linux.AF_NETLINK, linux.SOCK_RAW | linux.SOCK_CLOEXEC, NETLINK_NETFILTER])
  if (socket === -constants.errno.EPROTONOSUPPORT) return 'the kernel has no nfnetlink'
  if (socket < 0) return reasonOf(socket)
  try {
    // struct nlmsghdr, then struct nfgenmsg of zeros.
    const request = Buffer.alloc(20)
    request.writeUInt32LE(request.length, 0)
    request.writeUInt16LE((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETGEN, 4)
    request.writeUInt16LE(NLM_F_REQUEST, 6)
    call('sendto', [socket, request, request.length, 0, 0, 0], 'nf_tables')
    const answer = Buffer.alloc(256)
    call('recvfrom', [socket, answer, answer.length, 0, 0, 0], 'nf_tables')
    if (answer.readUInt16LE(4) !== NLMSG_ERROR) return undefined
    const error = answer.readInt32LE(16)
    return error === -constants.errno.EINVAL ? 'the kernel has no nf_tables' : reasonOf(error)
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error
    return sentence(error)
  } finally {
    closeSync(socket)
  }
}

/** Whether another firewall lets packets of containers pass. */
function tryForwarding(): Reason {
  try {
    using socket = new NetlinkSocket('netfilter')
    const chain = chainThatDrops(socket)
    return chain === undefined ? undefined : `the chain ${chain} drops what is forwarded`
  } catch (error) {
    // Without a packet filter nothing is dropped by it; that it is missing is another finding.
    if (error instanceof SyscallError) return undefined
    throw error
  }
}

/** In a folder of its own, made in the nearest that there is: in the data root's trash, from which the next helper takes what a killed one leaves. */
function inNewFolder(folder: string, attempt: (place: string) => Reason): Reason {
  let place: string
  try {
    place = mkdtempSync(join(existing(join(folder, 'trash')), '.pocker-doctor-'))
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    return `no folder can be made there (${String(error.code)})`
  }
  try {
    return attempt(place)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder))
}

function reasonOf(result: number): Reason {
  return result < 0 ? (WORDS.get(-result) ?? errnoName(-result)) : undefined
}

function sentence(error: SyscallError | undefined): Reason {
  return error === undefined ? undefined : reasonOf(-error.errno)
}

const WORDS: ReadonlyMap<number, string> = new Map([
  [constants.errno.EPERM, 'the kernel does not permit it (EPERM)'],
  [constants.errno.EACCES, 'a security module does not permit it (EACCES)'],
  [constants.errno.ENOSYS, 'the kernel does not have it (ENOSYS)'],
  [constants.errno.EINVAL, 'the kernel does not know it (EINVAL)'],
  [constants.errno.ENOSPC, 'the limit on their number is reached (ENOSPC)'],
  [constants.errno.EROFS, 'the disk is read-only (EROFS)'],
])
