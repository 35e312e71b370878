import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PLACE = '/dev/shm'
const ROOM = 1 << 30

/**
 * Runs `work` with a temporary folder of its own in memory, where this machine has such a place: the fast tests write much and ask for no disk,
 * and one that others keep busy would double their time. The folder goes with all that is left in it.
 */
export async function withMemoryFolder<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env.TMPDIR
  const folder = mkdtempSync(join(isFit() ? PLACE : tmpdir(), 'pocker-fast-'))
  process.env.TMPDIR = folder
  try {
    return await work()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(folder, { recursive: true, force: true })
  }
}

/** In memory, with room, and programs in it can be run. */
function isFit(): boolean {
  try {
    accessSync(PLACE, constants.W_OK)
    const { bavail, bsize } = statfsSync(PLACE)
    const mount = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .findLast(([, point]) => point === PLACE)
    return mount?.[2] === 'tmpfs' && mount[3]?.split(',').includes('noexec') === false && bavail * bsize >= ROOM
  } catch {
    // Not there, or not for this user.
    return false
  }
}
