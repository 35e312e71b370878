/** Waiting for a control file's content without a busy loop. */
import { watch } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isGone } from './control-file.ts'

/** Whether `done` came true within `timeout` milliseconds; asked at once, then at intervals that grow from 1 to 50 ms (v1 sends no events). */
export async function pollUntil(done: () => boolean, timeout: number): Promise<boolean> {
  const deadline = performance.now() + timeout
  for (let interval = 1; !done(); interval = Math.min(50, interval * 2)) {
    if (performance.now() >= deadline) return false
    await sleep(interval)
  }
  return true
}

/** Whether `done` came true within `timeout` milliseconds; asked at once and whenever the kernel says that the v2 `file` has changed. */
export async function watchUntil(file: string, done: () => boolean, timeout: number): Promise<boolean> {
  if (done()) return true
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const check = () => {
    try {
      if (done()) resolve(true)
    } catch (error) {
      reject(error)
    }
  }
  const timer = setTimeout(() => resolve(false), timeout)
  const watcher = tryWatch(file, check)
  // A group that is removed meanwhile ends the watch; the last question decides.
  watcher?.on('error', check)
  check()
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    watcher?.close()
  }
}

function tryWatch(file: string, onChange: () => void): ReturnType<typeof watch> | undefined {
  try {
    return watch(file, { persistent: true }, onChange)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}
