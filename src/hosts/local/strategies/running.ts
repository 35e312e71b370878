import { askHelper } from '../ask-helper.ts'
import { notApplicable, type Strategy } from '../strategy.ts'
import { ownSocket } from '../surroundings.ts'

/** A helper runs, as a service or otherwise, and has let this user in. */
export const running: Strategy = {
  id: 'running',
  attempt: async ({ surroundings }) => {
    const socket = ownSocket(surroundings)
    const facts = await askHelper(socket)
    return facts === undefined ? notApplicable(`nobody listens at ${socket}`) : { kind: 'ready', helper: { ...facts, socket } }
  },
}
