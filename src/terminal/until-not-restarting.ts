import type { HostModel } from '../model/host-model.ts'

/** Resolves when its restart policy has started a container again, or when it will not; or with the signal. The model must be watched. */
export function untilNotRestarting(model: HostModel, containerId: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      listening.dispose()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const look = () => {
      if (model.containers.get(containerId)?.status !== 'restarting') done()
    }
    const listening = model.onDidChange(look)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
    else if (model.hasSnapshot) look()
  })
}
