/** A host that does not answer, and its coming back. */
import { EngineError } from '../client/engine-error.ts'
import type { Host } from '../hosts/host.ts'

/** Whether nobody answered, rather than somebody with an error. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof EngineError) || error.status !== undefined) return false
  return error.code !== 'bad-answer' && error.code !== 'cancelled'
}

/** A host notices that it is lost a moment after its connections do. Milliseconds. */
const NOTICED = 500

/** Resolves when the host is worth being asked again, or with the signal. */
export function untilBack(host: Host, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      listening.dispose()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = host.state.kind === 'ready' ? setTimeout(done, NOTICED) : undefined
    const listening = host.onDidChangeState(({ kind }) => {
      if (kind === 'ready') done()
      else clearTimeout(timer)
    })
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
