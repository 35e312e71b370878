/** Whether a process is the keeper of a container: only that one holds the container's status file. */
import { statSync } from 'node:fs'
import { KEEPER } from '../../container/launch/keeper.ts'

/** Numbers of processes are used again, also after a reboot; an open file of ours is proof. */
export function holdsFile(pid: number, path: string): boolean {
  const held = statSync(`/proc/${pid}/fd/${KEEPER.status}`, { throwIfNoEntry: false })
  const file = statSync(path, { throwIfNoEntry: false })
  return held !== undefined && file !== undefined && held.dev === file.dev && held.ino === file.ino
}
