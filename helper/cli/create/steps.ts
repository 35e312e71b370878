import type { CreateRequest } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { CommandContext } from '../command.ts'
import { harmless } from '../failure.ts'
import { answeredObject } from '../http/answers.ts'
import type { Client } from '../http/client.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'

interface PlannedStep {
  readonly step: string
  readonly call: string
  readonly text: string
}

interface MeasuredStep {
  readonly step: string
  readonly microseconds: number
}

/** Prints the plan of a request: each step's name, and its system calls below it. */
export async function printPlan({ client, io }: CommandContext, request: CreateRequest): Promise<void> {
  const { steps } = answeredObject<{ steps: readonly PlannedStep[] }>(await client.json('POST', '/pocker/explain', { body: request }))
  let last = ''
  for (const { step, call, text } of steps) {
    if (step !== last) await write(io.stdout, `${last === '' ? '' : '\n'}${harmless(step)}\n`)
    await write(io.stdout, `  ${harmless(`${call}(${text})`)}\n`)
    last = step
  }
}

/**
 * What each step of a container's start took, as lines. To be asked for right after the start: a container that removes itself takes
 * its trace along.
 */
export async function readTrace(client: Client, id: string): Promise<string> {
  try {
    const { steps } = answeredObject<{ steps: readonly MeasuredStep[] }>(await client.json('GET', `/pocker${containerPath(id, 'trace')}`))
    const total = steps.reduce((sum, { microseconds }) => sum + microseconds, 0)
    const all = [...steps, { step: 'total', microseconds: total }]
    return all.map(({ step, microseconds }) => `${microseconds.toFixed(1).padStart(10)} µs  ${harmless(step)}\n`).join('')
  } catch (error) {
    if (!(error instanceof PockerError) || error.kind !== 'NotFound') throw error
    return 'no trace: the container is gone\n'
  }
}
