/** Constants under their kernel header names, the same on x86-64 and arm64 unless said. */
export const linux = {
  // <linux/sched.h>
  CLONE_VM: 0x100,
  CLONE_FS: 0x200,
  CLONE_FILES: 0x400,
  CLONE_PIDFD: 0x1000,
  CLONE_VFORK: 0x4000,
  CLONE_PARENT: 0x8000,
  CLONE_NEWNS: 0x20000,
  CLONE_PARENT_SETTID: 0x100000,
  CLONE_CHILD_CLEARTID: 0x200000,
  CLONE_NEWCGROUP: 0x2000000,
  CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNET: 0x40000000,
  CLONE_CLEAR_SIGHAND: 0x100000000,
  CLONE_INTO_CGROUP: 0x200000000,
  // <sys/mount.h>
  MS_RDONLY: 1,
  MS_NOSUID: 2,
  MS_NODEV: 4,
  MS_NOEXEC: 8,
  MS_REMOUNT: 32,
  MS_NOATIME: 1024,
  MS_BIND: 4096,
  MS_REC: 16384,
  MS_UNBINDABLE: 1 << 17,
  MS_PRIVATE: 1 << 18,
  MS_SLAVE: 1 << 19,
  MS_SHARED: 1 << 20,
  MS_RELATIME: 1 << 21,
  MS_STRICTATIME: 1 << 24,
  MNT_DETACH: 2,
  // <linux/mount.h>
  OPEN_TREE_CLONE: 1,
  MOVE_MOUNT_F_EMPTY_PATH: 4,
  MOVE_MOUNT_T_EMPTY_PATH: 0x40,
  MOUNT_ATTR_RDONLY: 1,
  MOUNT_ATTR_NOSUID: 2,
  MOUNT_ATTR_NODEV: 4,
  MOUNT_ATTR_NOEXEC: 8,
  MOUNT_ATTR_NOATIME: 0x10,
  MOUNT_ATTR_IDMAP: 0x00100000,
  FSOPEN_CLOEXEC: 1,
  FSCONFIG_SET_FLAG: 0,
  FSCONFIG_SET_STRING: 1,
  FSCONFIG_CMD_CREATE: 6,
  // <fcntl.h>
  AT_FDCWD: -100,
  AT_SYMLINK_NOFOLLOW: 0x100,
  AT_REMOVEDIR: 0x200,
  AT_SYMLINK_FOLLOW: 0x400,
  AT_NO_AUTOMOUNT: 0x800,
  AT_EMPTY_PATH: 0x1000,
  AT_RECURSIVE: 0x8000,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_DIRECTORY: process.arch === 'arm64' ? 0o40000 : 0o200000,
  O_NOFOLLOW: process.arch === 'arm64' ? 0o100000 : 0o400000,
  O_NOATIME: 0o1000000,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
  CLOSE_RANGE_CLOEXEC: 4,
  F_SETFD: 2,
  F_SETFL: 4,
  FD_CLOEXEC: 1,
  F_DUPFD_CLOEXEC: 1030,
  F_ADD_SEALS: 1033,
  F_SETPIPE_SZ: 1031,
  RENAME_NOREPLACE: 1,
  // <linux/openat2.h>
  RESOLVE_NO_XDEV: 1,
  RESOLVE_NO_MAGICLINKS: 2,
  RESOLVE_NO_SYMLINKS: 4,
  RESOLVE_BENEATH: 8,
  RESOLVE_IN_ROOT: 16,
  // <linux/stat.h>
  S_IFIFO: 0o10000,
  S_IFCHR: 0o20000,
  S_IFDIR: 0o40000,
  S_IFBLK: 0o60000,
  S_IFREG: 0o100000,
  S_IFLNK: 0o120000,
  S_IFSOCK: 0o140000,
  S_IFMT: 0o170000,
  // <linux/memfd.h>
  MFD_CLOEXEC: 1,
  MFD_ALLOW_SEALING: 2,
  MFD_EXEC: 0x10,
  // <linux/prctl.h>
  PR_SET_DUMPABLE: 4,
  PR_SET_NAME: 15,
  PR_CAPBSET_DROP: 24,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_CAP_AMBIENT: 47,
  PR_CAP_AMBIENT_CLEAR_ALL: 4,
  // <linux/wait.h>
  WNOHANG: 1,
  WEXITED: 4,
  __WALL: 0x40000000,
  P_ALL: 0,
  P_PIDFD: 3,
  // <signal.h>
  SIG_BLOCK: 0,
  SIG_SETMASK: 2,
  SIGKILL: 9,
  SIGPIPE: 13,
  SIGUSR1: 10,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGXFSZ: 25,
  // <linux/futex.h>
  FUTEX_WAIT: 0,
  // <linux/keyctl.h>
  KEYCTL_JOIN_SESSION_KEYRING: 1,
  // <linux/seccomp.h>
  SECCOMP_SET_MODE_FILTER: 1,
  SECCOMP_GET_ACTION_AVAIL: 2,
  SECCOMP_RET_ERRNO: 0x00050000,
  // <asm-generic/ioctls.h>
  TIOCSCTTY: 0x540e,
  TIOCSPGRP: 0x5410,
  TIOCGWINSZ: 0x5413,
  TIOCSWINSZ: 0x5414,
  TIOCSPTLCK: 0x40045431,
  TIOCGPTPEER: 0x5441,
  // <linux/fs.h>
  FS_IOC_GETFLAGS: 0x80086601,
  FS_IOC_SETFLAGS: 0x40086602,
  FS_TOPDIR_FL: 0x00020000,
  // <linux/sockios.h>, <linux/if.h>
  SIOCSIFFLAGS: 0x8914,
  IFF_UP: 1,
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  AF_NETLINK: 16,
  NETLINK_ROUTE: 0,
  NETLINK_NETFILTER: 12,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_RAW: 3,
  SOCK_CLOEXEC: 0o2000000,
  SOCK_NONBLOCK: 0o4000,
  SOL_SOCKET: 1,
  SO_PEERCRED: 17,
  SCM_RIGHTS: 1,
  MSG_PEEK: 2,
  MSG_DONTWAIT: 0x40,
  MSG_CMSG_CLOEXEC: 0x40000000,
  // <linux/time.h>, <poll.h>, <linux/falloc.h>
  CLOCK_REALTIME: 0,
  CLOCK_MONOTONIC: 1,
  POLLIN: 1,
  POLLPRI: 2,
  POLLHUP: 0x10,
  SEEK_SET: 0,
  SEEK_CUR: 1,
  SEEK_END: 2,
  SEEK_DATA: 3,
  SEEK_HOLE: 4,
  FALLOC_FL_KEEP_SIZE: 1,
  FALLOC_FL_PUNCH_HOLE: 2,
} as const

/** Of <fcntl.h>, and not in the table: it holds O_DIRECTORY, and whoever reads a sum of flags is told that one. */
export const O_TMPFILE = 0o20000000 | linux.O_DIRECTORY

export type ConstantName = keyof typeof linux

/** A number with the words a person reads it by. */
export interface Named {
  readonly value: number
  readonly text: string
}

/** The sum of flags by their header names, printed as such. */
export function flags(...names: readonly ConstantName[]): Named {
  let value = 0
  for (const name of names) value += linux[name]
  return { value, text: names.length === 0 ? '0' : names.join('|') }
}
