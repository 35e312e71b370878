import { PockerError } from '../../api/errors.ts'
import type { Attachment } from '../../http/backend.ts'
import type { ExecSession } from './exec-sessions.ts'

/** Comes back to an exec's terminal, for a while also after its end. Errors: Conflict `not-running`, `not-reattachable`. */
export function reattachExec(session: ExecSession): Attachment {
  if (session.request.Reattach !== true) {
    throw new PockerError('Conflict', `attach to exec ${session.id}: it was not made for coming back to`, { code: 'not-reattachable' })
  }
  if (session.kept === undefined) {
    throw new PockerError('Conflict', `attach to exec ${session.id}: it has not been started`, { code: 'not-running' })
  }
  return session.kept.attach()
}
