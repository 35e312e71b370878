import { flags, linux } from '../../linux/constants.ts'
import type { Plan } from '../launch/plan.ts'
import type { NamespaceType, Spec } from '../oci.ts'
import { CLONE_FLAG, isOwn, sharedWith } from './namespaces.ts'

/** Process descriptors of the containers whose namespaces are shared, by id. */
export type SharedContainers = ReadonlyMap<string, number>

const JOINABLE: readonly NamespaceType[] = ['uts', 'ipc', 'network']

/** Enters the namespaces shared with other containers, and those that clone3 does not make; `network` is one made ahead. */
export function joinNamespaces(
  plan: Plan,
  spec: Spec,
  { shared, network }: { shared: SharedContainers; network?: number | undefined },
): void {
  plan.step('joinNamespaces')
  for (const type of JOINABLE) {
    const container = sharedWith(spec, type)
    const pidfd = container === undefined ? undefined : shared.get(container)
    // By process descriptor, never by number: a number may have become another process meanwhile.
    if (pidfd !== undefined) plan.call('setns', [pidfd, CLONE_FLAG[type]])
  }
  if (isOwn(spec, 'cgroup')) plan.call('unshare', [flags('CLONE_NEWCGROUP')])
  if (!isOwn(spec, 'network')) return
  if (network === undefined) bringUpLoopback(plan)
  else plan.call('setns', [network, flags('CLONE_NEWNET')])
}

/** A new network namespace has a loopback device that is down. */
export function bringUpLoopback(plan: Plan): void {
  const request = new Uint8Array(40)
  request.set(Buffer.from('lo'))
  new DataView(request.buffer).setUint16(16, linux.IFF_UP, true)
  const socket = plan.call('socket', [flags('AF_INET'), flags('SOCK_DGRAM', 'SOCK_CLOEXEC'), 0])
  plan.call('ioctl', [socket.value, flags('SIOCSIFFLAGS'), request])
  plan.call('close', [socket.value])
}
