/** Runs a plan: the one moment in which a container comes to be. */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { SyscallError } from '../../linux/errno.ts'
import { architecture } from '../../linux/interpreter.ts'
import { type Linked, link } from '../../linux/link.ts'
import { type Arena, mapArena, run, runAside } from '../../linux/machine.ts'
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
  /** Its place in the plan's steps. */
  readonly index: number
  readonly microseconds: number
}

/** A plan's memory after it has run. Valid only while it is being read: the next launch takes the same memory. */
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
/** Launches that go on side by side: more than the processors can only get in each other's way. */
const ASIDE = Math.min(3, availableParallelism())
// A launch has returned only when the processes it cloned no longer use its memory (vfork), so memory is used again and again.
const own = mapArena(ARENA_SIZE)
const free: Arena[] = []
const waiting: ((arena: Arena) => void)[] = []
let arenas = 0
let asked = 0

/** Links and runs the plan on this thread, and has its outcome read. What it opened and cloned is `read`'s to close and to reap. */
export function launch<T>(plan: Plan, read: (outcome: Outcome) => T): T {
  const linked = link(plan.program, architecture, own.bytes, own.address)
  run(own.address)
  return read(outcomeOf(plan, { linked, arena: own }))
}

/** A plan, and what reads its outcome. */
export interface Launch<T> {
  readonly plan: Plan
  readonly read: (outcome: Outcome) => T
}

/**
 * As `launch`; several that are asked for at once run side by side on threads of their own, and one that is slow keeps nobody
 * waiting. Descriptors in the plan must stay open until it is over. The plan is made when its turn has come: fifty that wait would
 * take 100 MB.
 */
export async function launchAmongOthers<T>(prepare: () => Launch<T>): Promise<T> {
  asked++
  try {
    // Requests that came together have all been read when this turn of the event loop is over.
    await setImmediate()
    // Going to another thread and back takes 66 µs, which one launch alone need not spend.
    if (asked > 1) return await launchAside(prepare)
    const { plan, read } = prepare()
    return launch(plan, read)
  } finally {
    asked--
  }
}

async function launchAside<T>(prepare: () => Launch<T>): Promise<T> {
  const arena = await takeArena()
  try {
    const { plan, read } = prepare()
    const linked = link(plan.program, architecture, arena.bytes, arena.address)
    await runAside(arena.address)
    return read(outcomeOf(plan, { linked, arena }))
  } finally {
    const next = waiting.shift()
    if (next === undefined) free.push(arena)
    else next(arena)
  }
}

function takeArena(): Arena | Promise<Arena> {
  const arena = free.pop()
  if (arena !== undefined) return arena
  if (arenas === ASIDE) return new Promise((resolve) => waiting.push(resolve))
  arenas++
  return mapArena(ARENA_SIZE)
}

interface Place {
  readonly linked: Linked
  readonly arena: Arena
}

function outcomeOf(plan: Plan, { linked, arena }: Place): Outcome {
  const view = new DataView(arena.bytes.buffer)
  const read = (cell: Cell, offset = 0) => Number(view.getBigInt64(linked.offsetOf(cell) + offset, true))
  return {
    read,
    // The kernel stores a process descriptor in 32 bits.
    descriptor: (cell) => view.getInt32(linked.offsetOf(cell), true),
    failure: findFailure(plan, read),
    times: readTimes(plan.steps, read),
  }
}

/** Links the plan without running it, so that the first launch finds compiled code (a cold one takes 10 ms longer). */
export function rehearse(plan: Plan): void {
  link(plan.program, architecture, own.bytes, own.address)
}

type ReadCell = Outcome['read']

function findFailure(plan: Plan, read: ReadCell): LaunchError | undefined {
  for (const item of plan.program.items) {
    if (item instanceof Label || item === 'end' || !item.fails) continue
    const result = readResult(item, read)
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

function readResult(call: Call, read: ReadCell): number {
  const target = call.result
  if (target instanceof Cell) return read(target)
  return target instanceof CellPlace ? read(target.cell, target.offset) : 0
}

/** In the order in which they happened: three processes walk through the plan, one inside the other. */
function readTimes(steps: Plan['steps'], read: ReadCell): StepTime[] {
  const moments = steps
    .map(({ clock }, index) => ({ index, at: clock === undefined ? 0 : readClock(clock, read) }))
    .filter(({ at }) => at > 0)
    .sort((left, right) => left.at - right.at)
  return moments.slice(0, -1).map(({ index, at }, order) => ({ index, microseconds: ((moments[order + 1]?.at ?? at) - at) / 1000 }))
}

/** Nanoseconds. */
function readClock(cell: Cell, read: ReadCell): number {
  return read(cell) * 1e9 + read(cell, 8)
}
