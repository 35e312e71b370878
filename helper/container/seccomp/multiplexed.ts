/**
 * The second doors of i386: `socketcall` and `ipc` carry the call they stand for in their first argument.
 * A profile that says nothing of them means what it says of `socket` for `socketcall(1, …)` too, or a profile that denies `socket`
 * would leave it open to 32-bit programs. The call's own arguments are in memory there, where no filter can look.
 */
interface Door {
  readonly name: string
  /** `ipc` has an interface version above these bits, which the kernel puts aside. */
  readonly mask: bigint
  readonly calls: Readonly<Record<string, bigint>>
}

export const doors: readonly Door[] = [
  {
    name: 'socketcall', // <linux/net.h>
    mask: 0xffffffffn,
    calls: {
      socket: 1n,
      bind: 2n,
      connect: 3n,
      listen: 4n,
      accept: 5n,
      getsockname: 6n,
      getpeername: 7n,
      socketpair: 8n,
      send: 9n,
      recv: 10n,
      sendto: 11n,
      recvfrom: 12n,
      shutdown: 13n,
      setsockopt: 14n,
      getsockopt: 15n,
      sendmsg: 16n,
      recvmsg: 17n,
      accept4: 18n,
      recvmmsg: 19n,
      sendmmsg: 20n,
    },
  },
  {
    name: 'ipc', // <linux/ipc.h>
    mask: 0xffffn,
    calls: {
      semop: 1n,
      semget: 2n,
      semctl: 3n,
      semtimedop: 4n,
      msgsnd: 11n,
      msgrcv: 12n,
      msgget: 13n,
      msgctl: 14n,
      shmat: 21n,
      shmdt: 22n,
      shmget: 23n,
      shmctl: 24n,
    },
  },
]
