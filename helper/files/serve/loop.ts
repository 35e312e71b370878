/** Serves one place until the helper has no more to ask: requests in their turn, long work in steps between them. */
import { PockerError } from '../../api/errors.ts'
import { type FileRequest, STALE_VIEW, type Told } from '../requests.ts'
import { type Question, REQUESTS, readQuestion, tell } from './channel.ts'
import { letGo, operate, type Served } from './operations.ts'
import { poll, type Waited } from './poll.ts'
import { isWork } from './work.ts'
import { Works } from './works.ts'

/** Milliseconds of work before requests are looked for. */
const SLICE = 5
/** Milliseconds after which the helper is told that the work goes on. */
const SIGN_OF_LIFE = 1000
/** Milliseconds in which changes are gathered. */
const GATHERING = 50

/** What goes on with something that was begun. All else is not to be done in a view that is not the container's any more. */
const GOES_ON: ReadonlySet<FileRequest['op']> = new Set(['read', 'write', 'commit', 'close', 'cancel'])
const WRITES: ReadonlySet<FileRequest['op']> = new Set(['create', 'folder', 'rename', 'copy', 'remove'])

/** Returns when the helper has closed its side. `mounts`: the mountinfo file of the container that is served, if one runs. */
export function serveRequests(served: Served, mounts: number | undefined): void {
  const works = new Works({
    done: (id, { result, payload }) => tell(id, { result }, payload),
    failed: (id, error) => tell(id, { error: describe(error) }),
  })
  const view = { isStale: false, isFirst: true }
  let gatheringUntil = 0
  let lastSign = performance.now()

  for (;;) {
    const { file: changes } = served.watcher
    const now = performance.now()
    const isGathering = changes !== undefined && now < gatheringUntil
    const waited: Waited[] = [{ file: REQUESTS, for: 'input' }]
    if (mounts !== undefined && !view.isStale) waited.push({ file: mounts, for: 'mounts' })
    if (changes !== undefined && !isGathering) waited.push({ file: changes, for: 'input' })
    const ready = poll(waited, works.isEmpty ? (isGathering ? gatheringUntil - now : undefined) : 0)

    if (mounts !== undefined && ready.has(mounts)) {
      view.isStale = true
      tell(0, { stale: true })
    }
    if (changes !== undefined && ready.has(changes)) {
      served.watcher.tellAll()
      gatheringUntil = performance.now() + GATHERING
    }
    if (ready.has(REQUESTS)) {
      const question = readQuestion()
      if (question === undefined) break
      begin(question, { served, works, view })
    }
    works.step(SLICE)
    if (!works.isEmpty && now - lastSign > SIGN_OF_LIFE) {
      tell(0, { alive: true })
      lastSign = now
    }
  }
  works.cancelAll()
  letGo(served)
}

interface Serving {
  readonly served: Served
  readonly works: Works
  readonly view: { readonly isStale: boolean; isFirst: boolean }
}

function begin({ id, request, payload }: Question, { served, works, view }: Serving): void {
  // The first one was asked before the view was made, so that is new enough for it.
  const mayBegin = view.isFirst || !view.isStale || GOES_ON.has(request.op)
  view.isFirst = false
  try {
    if (!mayBegin) throw stale()
    if (served.access !== 'write' && WRITES.has(request.op)) throw readOnly()
    if (request.op === 'cancel') works.cancel(request.request)
    const answering = operate(served, { id, request, payload, tell: (changes) => tell(id, { changes }) })
    if (isWork(answering)) works.add(id, answering)
    else tell(id, { result: answering.result }, answering.payload)
  } catch (error) {
    tell(id, { error: describe(error) })
  }
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
