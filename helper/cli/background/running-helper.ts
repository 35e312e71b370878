import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { PockerError } from '../../api/errors.ts'
import type { HelperFacts } from '../../api/helper.ts'
import { answeredObject } from '../http/answers.ts'
import { Client } from '../http/client.ts'
import { connectTo, isNobodyThere } from '../http/connect.ts'

const DEADLINE = 10_000
const POLL = 20

/** What the helper at this socket says of itself; undefined when nobody listens there. Errors: those of the connection and the answer. */
export async function askHelper(socket: string): Promise<HelperFacts | undefined> {
  try {
    return await withHelper(socket, async (client) => answeredObject<HelperFacts>(await client.json('GET', '/pocker/helper')))
  } catch (error) {
    if (isNobodyThere(error)) return undefined
    throw error
  }
}

/** Ends the helper at this socket, and waits until its process is gone: only then can the next one have the data. Containers go on. */
export async function endHelper(socket: string): Promise<void> {
  const { pid } = await withHelper(socket, async (client) => answeredObject<HelperFacts>(await client.json('POST', '/pocker/leave')))
  const deadline = performance.now() + DEADLINE
  while (isRunning(pid)) {
    if (performance.now() > deadline) {
      throw new PockerError('Unavailable', `end the helper that runs (process ${pid}): it is still there after ${DEADLINE / 1000} s`, {
        code: 'helper-stays',
      })
    }
    await sleep(POLL)
  }
}

/** Talks to the helper at this socket, and to nobody else: none is started. */
export async function withHelper<T>(socket: string, talk: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(() => connectTo(socket), '')
  try {
    return await talk(client)
  } finally {
    client.close()
  }
}

/** A process that has ended stays a zombie where nobody waits for it, as in a container whose first process does not; its locks are gone. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat[stat.lastIndexOf(')') + 2] !== 'Z'
  } catch {
    return false
  }
}
