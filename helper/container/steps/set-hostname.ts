import type { Plan } from '../launch/plan.ts'
import type { Spec } from '../oci.ts'
import { isOwn } from './namespaces.ts'

/** Names the container's own UTS namespace; a shared one keeps its name. */
export function setHostname(plan: Plan, spec: Spec): void {
  if (!isOwn(spec, 'uts')) return
  plan.step('setHostname')
  if (spec.hostname !== undefined) plan.call('sethostname', [spec.hostname, Buffer.byteLength(spec.hostname)])
  if (spec.domainname !== undefined) plan.call('setdomainname', [spec.domainname, Buffer.byteLength(spec.domainname)])
}
