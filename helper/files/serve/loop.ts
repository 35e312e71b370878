/** Serves one place until the helper has no more to ask: requests in their turn, long work in steps between them. */
import { PockerError } from '../../api/errors.ts'
import { type FileRequest, STALE_VIEW, type Told } from '../requests.ts'
import { type Question, REQUESTS, readQuestion, tell } from './channel.ts'
import { letGo, operate, type Served } from './operations.ts'
import { poll, type Waited } from './poll.ts'
import { isWork, type Outcome, type Work } from './work.ts'

/** Milliseconds of work before requests are looked for. */
const SLICE = 5
/** Milliseconds after which the helper is told that the work goes on. */
const SIGN_OF_LIFE = 1000
/** Milliseconds in which changes are gathered. */
const GATHERING = 50

/** Those that begin something: not to be asked of a view that is not the container's any more. */
const GOES_ON: ReadonlySet<FileRequest['op']> = new Set(['read', 'write', 'commit', 'close', 'cancel'])
const WRITES: ReadonlySet<FileRequest['op']> = new Set(['create', 'folder', 'rename', 'copy', 'remove'])

/** Returns when the helper has closed its side. `mounts`: the mountinfo file of the container that is served, if one runs. */
export function serveRequests(served: Served, mounts: number | undefined): void {
  const works = new Map<number, Work<Outcome<unknown>>>()
  let isStale = false
  let isFirst = true
  let gatheringUntil = 0
  let lastSign = performance.now()

  const finish = (id: number, step: () => IteratorResult<undefined, Outcome<unknown>>): void => {
    try {
      const { done, value } = step()
      if (done !== true) return
      tell(id, { result: value?.result }, value?.payload)
    } catch (error) {
      tell(id, { error: describe(error) })
    }
    works.delete(id)
  }

  const begin = ({ id, request, payload }: Question): void => {
    // The first one was asked before the view was made, so that is new enough for it.
    const mayBegin = isFirst || !isStale || GOES_ON.has(request.op)
    isFirst = false
    try {
      if (!mayBegin) throw stale()
      if (served.access !== 'write' && WRITES.has(request.op)) throw readOnly()
      if (request.op === 'cancel') cancel(request.request)
      const answering = operate(served, { id, request, payload, tell: (changes) => tell(id, { changes }) })
      if (isWork(answering)) works.set(id, answering)
      else tell(id, { result: answering.result }, answering.payload)
    } catch (error) {
      tell(id, { error: describe(error) })
    }
  }

  const cancel = (id: number): void => {
    const work = works.get(id)
    // What it undoes may take steps as well.
    if (work !== undefined) finish(id, () => work.throw(cancelled()))
  }

  const waited = (now: number): Waited[] => [
    { file: REQUESTS, for: 'input' },
    ...(mounts === undefined || isStale ? [] : [{ file: mounts, for: 'mounts' } as const]),
    ...(served.watcher.file === undefined || now < gatheringUntil ? [] : [{ file: served.watcher.file, for: 'input' } as const]),
  ]

  for (;;) {
    const now = performance.now()
    const patience = works.size > 0 ? 0 : served.watcher.file !== undefined && now < gatheringUntil ? gatheringUntil - now : undefined
    const ready = poll(waited(now), patience)
    if (mounts !== undefined && ready.has(mounts)) {
      isStale = true
      tell(0, { stale: true })
    }
    if (served.watcher.file !== undefined && ready.has(served.watcher.file)) {
      served.watcher.tellAll()
      gatheringUntil = performance.now() + GATHERING
    }
    if (ready.has(REQUESTS)) {
      const question = readQuestion()
      if (question === undefined) break
      begin(question)
    }
    const end = performance.now() + SLICE
    while (works.size > 0 && performance.now() < end) for (const [id, work] of works) finish(id, () => work.next())
    if (works.size > 0 && end - lastSign > SIGN_OF_LIFE) {
      tell(0, { alive: true })
      lastSign = end
    }
  }
  while (works.size > 0) for (const id of works.keys()) cancel(id)
  letGo(served)
}

/** An error as the helper is to know it. */
export function describe(error: unknown): Extract<Told, { error: unknown }>['error'] {
  if (error instanceof PockerError) return { kind: error.kind, code: error.code, message: error.message, hint: error.hint }
  const [message, cause] = error instanceof Error ? [error.message, error.stack] : [String(error), undefined]
  return { kind: 'Internal', code: 'files-failed', message: `serve files: ${message}`, cause }
}

function stale(): PockerError {
  return new PockerError('Unavailable', "serve files: the container's mounts have changed", { code: STALE_VIEW })
}

function readOnly(): PockerError {
  return new PockerError('Forbidden', 'write files: an image is read-only', { code: 'read-only-files' })
}

function cancelled(): PockerError {
  return new PockerError('Cancelled', 'serve files: it was cancelled', { code: 'cancelled' })
}
