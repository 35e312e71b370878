/** What makes a container, as steps of calls to the kernel: planned, or done and timed. */
import type { StepPart, Trace } from '../../helper/api/trace.ts'

export interface IsolationStep {
  /** `createMountNamespace`. */
  readonly step: string
  readonly part: StepPart
  /** Absent: it has not been done. */
  readonly microseconds?: number
  readonly calls: readonly { readonly call: string; readonly operands: string }[]
}

export interface PlannedCall {
  readonly step: string
  readonly part: StepPart
  readonly call: string
  readonly text: string
}

/** The steps of a plan, of its calls in their order. */
export function plannedSteps(calls: readonly PlannedCall[]): readonly IsolationStep[] {
  const steps: (IsolationStep & { calls: IsolationStep['calls'][number][] })[] = []
  for (const { step, part, call, text } of calls) {
    const last = steps.at(-1)
    const isSame = last?.step === step && last.part === part
    const its = isSame ? last : { step, part, calls: [] }
    its.calls.push({ call, operands: text })
    if (!isSame) steps.push(its)
  }
  return steps
}

/** The steps of a start that did something. */
export function tracedSteps({ steps }: Trace): readonly IsolationStep[] {
  return steps.filter(({ calls }) => calls.length > 0)
}
