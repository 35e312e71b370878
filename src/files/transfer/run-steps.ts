/** Doing the steps of a copy: files side by side, with one account of what failed. */
import { pipeline, Transform } from 'node:stream'
import { isAborted } from '../../client/engine-problem.ts'
import { isOfOneFile } from '../file-errors.ts'
import type { Step, Steps } from './steps.ts'
import type { Target } from './target.ts'

export interface Progress {
  readonly files: number
  readonly bytes: number
}

export interface Outcome {
  readonly done: number
  readonly failed: readonly { readonly path: string; readonly error: unknown }[]
}

export interface RunOptions {
  readonly target: Target
  readonly signal: AbortSignal
  readonly report: (progress: Progress) => void
}

/** Over SSH a file takes a round trip or two; more at once would keep other requests waiting. */
const AT_ONCE = 4
/** With so many failures the rest will fail too. */
const MOST_FAILURES = 100

/** Errors: what is not of one file alone, such as a lost connection or a full disk; `cancelled`. What has been copied before stays. */
export async function runSteps({ folders, files, links }: Steps, { target, signal, report }: RunOptions): Promise<Outcome> {
  const failed: { path: string; error: unknown }[] = []
  let done = 0
  let bytes = 0
  const attempt = async (step: Step, act: () => Promise<void>) => {
    signal.throwIfAborted()
    try {
      await act()
      done++
    } catch (error) {
      if (isAborted(error) || signal.aborted || !(isOfOneFile(error) || isOfLocalFile(error))) throw error
      if (failed.push({ path: step.path, error }) >= MOST_FAILURES) throw error
    }
  }
  for (const step of folders) await attempt(step, () => target.makeFolder(step.path, step.entry))
  const copy = async ({ entry, path, replaces }: Step) => {
    const content = await entry.content(signal)
    const meter = new Transform({
      transform: (piece, _encoding, next) => {
        bytes += piece.length
        report({ files: done, bytes })
        next(null, piece)
      },
    })
    // Its errors are the meter's too, which whoever writes meets there.
    pipeline(content, meter, () => {})
    try {
      await target.writeFile(path, meter, { entry, replaces, signal })
    } finally {
      meter.destroy()
    }
    report({ files: done + 1, bytes })
  }
  const left = [...files]
  const stop = new AbortController()
  const work = async () => {
    for (let step = left.shift(); step !== undefined && !stop.signal.aborted; step = left.shift()) {
      const next = step
      await attempt(next, () => copy(next))
    }
  }
  const workers = Array.from({ length: Math.min(AT_ONCE, files.length) }, () =>
    work().catch((error: unknown) => {
      stop.abort()
      throw error
    }),
  )
  const ended = await Promise.allSettled(workers)
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  for (const step of links) await attempt(step, async () => await target.makeLink?.(step.path, step.entry.link ?? ''))
  return { done, failed }
}

const LOCAL_CODES = new Set(['EACCES', 'EPERM', 'ENOENT', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'EBUSY', 'EINVAL', 'ELOOP'])

function isOfLocalFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && LOCAL_CODES.has(error.code)
}
