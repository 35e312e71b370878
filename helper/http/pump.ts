import type { Writable } from 'node:stream'

/**
 * Writes what the source gives, no faster than the target takes it; does not end the target.
 * When the target closes, the source's iteration is ended and the call resolves to `gone`, also in the middle of waiting for the source.
 * Errors: the source's own, unless the target had gone before.
 */
export async function pump(source: AsyncIterable<Uint8Array>, target: Writable): Promise<'ended' | 'gone'> {
  const iterator = source[Symbol.asyncIterator]()
  let gone = target.destroyed
  let wake = () => {}
  const onClose = () => {
    gone = true
    wake()
  }
  // One promise for each wait, as racing against one long-lived promise would collect a reaction on it for every piece.
  const orGone = <T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void) =>
    new Promise<T | undefined>((resolve, reject) => {
      wake = () => resolve(undefined)
      start(resolve, reject)
    })
  target.on('close', onClose)
  try {
    while (!gone) {
      const step = await orGone<IteratorResult<Uint8Array>>((resolve, reject) => void iterator.next().then(resolve, reject))
      if (gone || step === undefined) break
      if (step.done === true) return 'ended'
      if (!target.write(step.value)) await orGone<void>((resolve) => target.once('drain', resolve))
    }
  } finally {
    target.off('close', onClose)
  }
  // A generator that is waiting takes this call into account only when it wakes, so nobody may wait for it here.
  iterator.return?.().catch(() => {})
  return 'gone'
}
