import type { Plan } from '../launch/plan.ts'
import type { Spec } from '../oci.ts'
import { isOwn } from './namespaces.ts'

/**
 * How early the kernel ends it when memory runs out. A process in vfork changes its own score only; in a shared pid namespace the
 * container is not one (`clone.ts`), and the score would be the helper's too, whose memory it uses: there the helper sets it after exec.
 */
export function setOomScore(plan: Plan, spec: Spec): void {
  if (spec.process.oomScoreAdj === undefined || !isOwn(spec, 'pid')) return
  plan.step('setOomScore')
  plan.writeFile('/proc/self/oom_score_adj', String(spec.process.oomScoreAdj))
}
