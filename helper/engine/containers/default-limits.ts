/** The limits that a container starts with when nobody asks for others. */
import { readFileSync } from 'node:fs'
import type { Process, Rlimit } from '../../container/oci.ts'

/** select(2) ends at 1024 descriptors, and programs that close all they may have take long with more; systemd and Docker give the same. */
const SOFT_OPEN_FILES = 1024

/** Node raises the soft limit on open files for itself: containers get the usual one back, under the helper's hard limit. */
export function openFilesLimit(limits = readFileSync('/proc/self/limits', 'latin1')): Rlimit {
  const hard = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? SOFT_OPEN_FILES)
  return { type: 'RLIMIT_NOFILE', soft: Math.min(SOFT_OPEN_FILES, hard), hard }
}

/** The process with that limit, unless it has one of its own. */
export function withOpenFilesLimit(process: Process, limit: Rlimit): Process {
  return process.rlimits.some(({ type }) => type === limit.type) ? process : { ...process, rlimits: [limit, ...process.rlimits] }
}
