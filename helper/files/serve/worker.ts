/**
 * The program of a process that serves the files of one place. All modules are loaded by now, for afterwards there is no file system to
 * load them from. It confines itself as the processes that read archives do, and stays for as long as the helper has something to ask.
 */
import { closeSync, openSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { CAP_SYS_ADMIN, dieWithParent, restrict } from '../../archive/confine.ts'
import { enterRoot } from '../../archive/enter-root.ts'
import { receiveView } from '../../archive/root-view.ts'
import { call } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import type { ServeJob } from '../requests.ts'
import { readJob, tell } from './channel.ts'
import { describe, serveRequests } from './loop.ts'
import { makeServed } from './operations.ts'
import { makeScratch } from './scratch.ts'

const WATCHING = ['inotify_init1', 'inotify_add_watch', 'inotify_rm_watch']

/** Enters the place. Returns the mountinfo file of a running container, which tells when something is mounted there. */
function enter({ root, access, isLayer }: ServeJob): number | undefined {
  makeScratch()
  // The descriptors of this process, as a mount of its own from which no `..` leads on: the current folder from here on, so that what is
  // open can be named (to give it a name, to open it for more), whatever the container has at /proc.
  const own = call('open_tree', [linux.AT_FDCWD, '/proc/self/fd', linux.OPEN_TREE_CLONE | linux.O_CLOEXEC], 'own descriptors')
  const self = openSync('/proc/self', linux.O_PATH | linux.O_DIRECTORY)
  let mounts: number | undefined
  enterRoot(receiveView(root), access, () => {
    mounts = call('openat', [self, 'mountinfo', linux.O_RDONLY | linux.O_CLOEXEC, 0], 'mounts')
  })
  closeSync(self)
  call('fchdir', [own], 'own descriptors')
  closeSync(own)
  // Overlayfs's marks of a layer are `trusted.` attributes, which nobody else may read.
  restrict({ calls: WATCHING, capabilities: isLayer ? [CAP_SYS_ADMIN] : [] })
  return mounts
}

async function main(): Promise<void> {
  dieWithParent()
  process.umask(0)
  // The event loop enters its descriptors into epoll by io_uring, on its first turn. Afterwards the filter refuses that, and libuv aborts.
  await setImmediate()
  const job = readJob()
  if (job === undefined) return
  try {
    serveRequests(makeServed(job.access, { isLayer: job.isLayer }), enter(job))
  } catch (error) {
    tell(0, { error: describe(error) })
  }
}

await main()
// Not by Node: its event loop would tidy up by io_uring.
call('exit_group', [0], 'process')
