/** How containers were made: the time of each step as it was measured, its words only when somebody asks. */
import type { Trace } from '../../api/trace.ts'
import type { DescribedStep } from '../../container/launch/describe.ts'
import type { StepTime } from '../../container/launch/launch.ts'

export interface StartTrace {
  readonly startedAt: string
  readonly times: readonly StepTime[]
  /** Makes the plan once more and puts it into words (2 ms): kept, the plan itself would take 2 MB. */
  readonly describe: () => readonly DescribedStep[]
}

/** The trace for people. Without one: of a container that this helper has not started. */
export function traceOf(trace: StartTrace | undefined): Trace {
  if (trace === undefined) return { startedAt: '', total: 0, steps: [] }
  const described = trace.describe()
  const steps = trace.times.flatMap(({ index, microseconds }) => {
    const step = described[index]
    if (step === undefined) return []
    return [{ step: step.step, part: step.part, microseconds, calls: step.calls.map(({ call, text }) => ({ call, operands: text })) }]
  })
  return { startedAt: trace.startedAt, total: trace.times.reduce((sum, { microseconds }) => sum + microseconds, 0), steps }
}

const KEPT = 50

/** The traces of containers that are gone: one of `run --rm` may be, before anybody can ask for it. */
export class Traces {
  private readonly traces = new Map<string, StartTrace>()

  /** Of the containers kept here the oldest gives way. */
  keep(id: string, trace: StartTrace | undefined): void {
    if (trace === undefined) return
    this.traces.set(id, trace)
    if (this.traces.size <= KEPT) return
    for (const [oldest] of this.traces) {
      this.traces.delete(oldest)
      return
    }
  }

  /** By full ID. */
  find(id: string): StartTrace | undefined {
    return this.traces.get(id)
  }
}
