/** Runs a plan: the one moment in which a container comes to be. */
import { SyscallError } from '../../linux/errno.ts'
import { architecture } from '../../linux/interpreter.ts'
import { type Linked, link } from '../../linux/link.ts'
import { mapArena, run } from '../../linux/machine.ts'
import { type Call, Cell, CellPlace, Label } from '../../linux/program.ts'
import { describeWord } from './describe.ts'
import type { Plan } from './plan.ts'

/** A step that failed, with the system call and its cause. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError'
  readonly step: string
  override readonly cause: SyscallError

  constructor(step: string, cause: SyscallError) {
    super(`${step}: ${cause.message}`)
    this.step = step
    this.cause = cause
  }
}

export interface StepTime {
  readonly step: string
  readonly microseconds: number
}

/** A plan's memory after it has run. Valid until the next launch. */
export interface Outcome {
  /** The 64-bit number at an offset in a cell. */
  read(cell: Cell, offset?: number): number
  /** The descriptor in a cell; negative when the call that makes it has not run or failed. */
  descriptor(cell: Cell): number
  /** The first call that failed the plan. */
  readonly failure: LaunchError | undefined
  /** How long each step took, in order; empty unless the plan was timed. */
  readonly times: readonly StepTime[]
}

const ARENA_SIZE = 1 << 19
const LARGEST_ERRNO = 4095
// One arena for all launches: a launch has returned only when the processes it cloned no longer use its memory (vfork).
const arena = mapArena(ARENA_SIZE)
const view = new DataView(arena.bytes.buffer)

/** Links and runs the plan on this thread. What it opened and cloned is the caller's to close and to reap. */
export function launch(plan: Plan): Outcome {
  const clocks = plan.clocks
  const linked = link(plan.program, architecture, arena.bytes, arena.address)
  run(arena.address)
  return {
    read: (cell, offset = 0) => Number(view.getBigInt64(linked.offsetOf(cell) + offset, true)),
    // The kernel stores a process descriptor in 32 bits.
    descriptor: (cell) => view.getInt32(linked.offsetOf(cell), true),
    failure: findFailure(plan, linked),
    times: readTimes(clocks, linked),
  }
}

/** Links the plan without running it, so that the first launch finds compiled code (a cold one takes 10 ms longer). */
export function rehearse(plan: Plan): void {
  link(plan.program, architecture, arena.bytes, arena.address)
}

function findFailure(plan: Plan, linked: Linked): LaunchError | undefined {
  for (const item of plan.program.items) {
    if (item instanceof Label || item === 'end' || !item.fails) continue
    const result = readResult(item, linked)
    if (result < 0 && result >= -LARGEST_ERRNO) {
      // A subtraction that fails is a condition of the plan's own: its first word says which.
      const isCondition = item.name === 'subtract'
      const operand = item.args
        .slice(0, isCondition ? 1 : 3)
        .map(describeWord)
        .join(', ')
      return new LaunchError(item.step, new SyscallError(isCondition ? 'check' : item.name, operand, -result))
    }
  }
  return undefined
}

function readResult(call: Call, linked: Linked): number {
  const target = call.result
  if (target instanceof Cell) return Number(view.getBigInt64(linked.offsetOf(target), true))
  return target instanceof CellPlace ? Number(view.getBigInt64(linked.offsetOf(target.cell) + target.offset, true)) : 0
}

/** In the order in which they happened: three processes walk through the plan, one inside the other. */
function readTimes(clocks: Plan['clocks'], linked: Linked): StepTime[] {
  const moments = clocks
    .map((clock) => ({ step: clock.step, at: readClock(clock.time, linked) }))
    .filter(({ at }) => at > 0)
    .sort((left, right) => left.at - right.at)
  return moments.slice(0, -1).map(({ step, at }, index) => ({ step, microseconds: ((moments[index + 1]?.at ?? at) - at) / 1000 }))
}

/** Nanoseconds. */
function readClock(cell: Cell, linked: Linked): number {
  const offset = linked.offsetOf(cell)
  return Number(view.getBigInt64(offset, true)) * 1e9 + Number(view.getBigInt64(offset + 8, true))
}
