import type { Plan } from '../launch/plan.ts'
import type { Process } from '../oci.ts'

/** How early the kernel ends it when memory runs out. A process in vfork changes its own score only, not the helper's, whose memory it shares. */
export function setOomScore(plan: Plan, process: Process): void {
  if (process.oomScoreAdj === undefined) return
  plan.step('setOomScore')
  plan.writeFile('/proc/self/oom_score_adj', String(process.oomScoreAdj))
}
