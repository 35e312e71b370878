/** Finds what tests leave behind on the machine: mounts, cgroups, processes, and network devices in its own namespace. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Everything of Pocker's that is on the machine, each as the text by which a person finds it. */
export interface Snapshot {
  readonly mounts: ReadonlySet<string>
  readonly cgroups: ReadonlySet<string>
  readonly processes: ReadonlySet<string>
  readonly devices: ReadonlySet<string>
}

/** What is there now. */
export function takeSnapshot(): Snapshot {
  return {
    mounts: new Set(listMounts()),
    cgroups: new Set(listCgroups('/sys/fs/cgroup')),
    processes: new Set(listProcesses()),
    devices: new Set(listDevices()),
  }
}

/** One line for each thing that is there now and was not in `before`. Waits up to 20 seconds for it to go: the kernel tears down in its own time. */
export async function findLeaks(before: Snapshot): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const leaks = compareSnapshots(before, takeSnapshot())
    if (leaks.length === 0 || attempt === 400) return leaks
    await sleep(50)
  }
}

/** One line for each thing of `after` that is not in `before`. */
export function compareSnapshots(before: Snapshot, after: Snapshot): string[] {
  return [
    ...[...after.mounts].filter((text) => !before.mounts.has(text)).map((text) => `mount left: ${text}`),
    ...[...after.cgroups].filter((text) => !before.cgroups.has(text)).map((text) => `cgroup left: ${text}`),
    ...[...after.devices].filter((text) => !before.devices.has(text)).map((text) => `network device left: ${text}`),
    ...[...after.processes].filter((text) => !before.processes.has(text)).map((text) => `process left: ${text}`),
  ]
}

/** What a long-lived helper may not gather: all counts of one moment. */
export interface HelperCounts {
  readonly descriptors: number
  readonly mounts: number
  readonly threads: number
  /** Kilobytes. */
  readonly resident: number
}

/** Counts of the process `pid` and of the mount namespace it lives in. */
export function countHelper(pid: number): HelperCounts {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    mounts: readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n').length - 1,
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]),
    resident: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]),
  }
}

/** Kilobytes that a helper's memory may swing by: its heap grows and is collected in steps of this size. */
const SWING = 24 * 1024

/** Fails unless what is done again and again leaves the memory as it is. A heap takes a step now and then; what leaks grows each time. */
export async function assertNoGrowth(resident: () => number, work: () => Promise<void>): Promise<void> {
  const rounds: number[] = []
  while (rounds.every((grown) => grown >= SWING) && rounds.length < 3) {
    const before = resident()
    await work()
    rounds.push(resident() - before)
  }
  assert.ok(
    rounds.some((grown) => grown < SWING),
    `${rounds.join(', ')} kB more`,
  )
}

/** Below a parent of Pocker's; the parent and the keepers' own group stay for the next container. */
const isOfContainer = /\/pocker[^/]*\/(?!keepers$)/
const ourMemoryFile = /^\/memfd:(pocker|keeper|init)\b/

/** Bridges by Pocker's names, and pairs by whosever. */
function listDevices(): string[] {
  return readdirSync('/sys/class/net').filter((name) => /^(pocker|pk-|veth)/.test(name))
}

function listMounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes('pocker'))
}

function listCgroups(folder: string): string[] {
  return listFolders(folder).flatMap((name) => {
    const path = join(folder, name)
    const below = listCgroups(path)
    return isOfContainer.test(path) ? [path, ...below] : below
  })
}

function listFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  } catch {
    // Gone since its parent was read.
    return []
  }
}

/** Processes in a cgroup of Pocker's, of its command line or helper, of those that read files, or running from a memory file of its, as keepers do. */
function listProcesses(): string[] {
  const found: string[] = []
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name in parentheses may hold anything; field 22 of proc(5) tells this process from a later one of the same number.
      const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
      const exe = readlinkSync(`/proc/${pid}/exe`)
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').slice(0, 160)
      // A helper's executable has no path: it runs from a mount that is attached nowhere.
      const isOurs =
        readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes('pocker') ||
        ourMemoryFile.test(exe) ||
        /^pocker-(files|archive) | \S*\/pocker\.mjs /.test(words)
      if (isOurs) found.push(`${pid} (started ${start}) ${exe}: ${words}`)
    } catch {
      // Ended meanwhile, or a kernel thread, which has no executable.
    }
  }
  return found
}
