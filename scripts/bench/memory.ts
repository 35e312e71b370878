import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestHelper } from '../../test/support/helper.ts'
import { ask, createContainer } from './ours.ts'

export interface Memory {
  /** Megabytes, shared pages counted by share (PSS). */
  readonly helper: number
  readonly keepers: number
  readonly keeperCount: number
}

// The helper gives back what a burst has taken once nobody has asked for some seconds (`helper/idle-memory.ts`).
const QUIET = 6000

/** What the helper and the keepers take while `count` containers run and nobody asks for anything; they are gone again afterwards. */
export async function measureMemory(helper: TestHelper, count: number): Promise<Memory> {
  const ids: string[] = []
  const keepers = new Set<number>()
  for (let made = 0; made < count; made++) {
    const id = await createContainer(helper, ['/bin/probe', 'sleep-forever'])
    ids.push(id)
    await ask(helper, 'POST', `/containers/${id}/start`)
    keepers.add(parentOf(await pidOf(helper, id)))
  }
  await sleep(QUIET)
  const memory = {
    helper: sharedSize(helper.pid()),
    keepers: [...keepers].map(sharedSize).reduce((sum, size) => sum + size, 0),
    keeperCount: keepers.size,
  }
  for (const id of ids) await ask(helper, 'DELETE', `/containers/${id}?force=1`)
  return memory
}

/** The process number of a running container's first process. Errors: it does not run. */
export async function pidOf(helper: TestHelper, id: string): Promise<number> {
  const body = await ask(helper, 'GET', `/containers/${id}/json`)
  const state: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'State') : undefined
  const pid: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, 'Pid') : undefined
  if (typeof pid !== 'number' || pid === 0) throw new Error(`inspect ${id}: it does not run`)
  return pid
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

function sharedSize(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024
}
