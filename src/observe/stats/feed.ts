/** The statistics of some containers as they come, over their restarts and a host's absences. */
import type { Disposable } from 'vscode'
import { isAborted } from '../../client/engine-problem.ts'
import type { ContainerRef } from '../../commands/refs.ts'
import { containerRowOf } from '../../commands/refs.ts'
import { Emitter } from '../../events/emitter.ts'
import { pointOf, type Sample, type StatsPoint, sampleSchema } from './sample.ts'

export interface FeedPoint {
  readonly ref: ContainerRef
  readonly point: StatsPoint
}

export interface FeedState {
  readonly ref: ContainerRef
  /** Why no numbers come from a container that runs; nothing while all is well. */
  readonly error?: unknown
}

export class StatsFeed {
  readonly #streams: readonly ContainerStream[]
  readonly #points = new Emitter<FeedPoint>()
  readonly #states = new Emitter<FeedState>()
  readonly onPoint = this.#points.event
  /** The container, or its host, is in another state than before. */
  readonly onState = this.#states.event

  /** Begins at once. */
  constructor(refs: readonly ContainerRef[]) {
    this.#streams = refs.map(
      (ref) =>
        new ContainerStream(ref, {
          point: (point) => this.#points.fire({ ref, point }),
          state: (error) => this.#states.fire({ ref, ...(error === undefined ? {} : { error }) }),
        }),
    )
  }

  dispose(): void {
    for (const stream of this.#streams) stream.dispose()
    this.#points.dispose()
    this.#states.dispose()
  }
}

interface Told {
  readonly point: (point: StatsPoint) => void
  readonly state: (error?: unknown) => void
}

class ContainerStream {
  readonly #ref: ContainerRef
  readonly #tell: Told
  readonly #listening: readonly Disposable[]
  #reading: AbortController | undefined
  #isOver = false

  constructor(ref: ContainerRef, tell: Told) {
    this.#ref = ref
    this.#tell = tell
    const { host, containerId } = ref
    const changed = () => {
      tell.state()
      // An engine may go on telling of a container that does not run, without numbers.
      if (!isReadable(ref)) this.#reading?.abort()
      this.#begin()
    }
    this.#listening = [
      host.model.watch(),
      host.onDidChangeState(changed),
      host.model.onDidChange((change) => {
        if (change.kind === 'all' || (change.kind === 'container' && change.id === containerId)) changed()
      }),
    ]
    this.#begin()
  }

  dispose(): void {
    this.#isOver = true
    for (const each of this.#listening) each.dispose()
    this.#reading?.abort()
  }

  /** Reads, where the container runs and is not read already. */
  #begin(): void {
    if (this.#reading !== undefined || !isReadable(this.#ref)) return
    const reading = new AbortController()
    this.#reading = reading
    void this.#read(reading.signal)
      .catch((error: unknown) => {
        // A lost host is its state's to tell.
        if (!isAborted(error) && isReadable(this.#ref)) this.#tell.state(error)
        return 0
      })
      .then((points) => {
        this.#reading = undefined
        // It may have ended and started again before its stream was over. One that gave nothing waits for the next change.
        if (!this.#isOver && (points > 0 || reading.signal.aborted)) this.#begin()
      })
  }

  /** How many points there were. */
  async #read(signal: AbortSignal): Promise<number> {
    const { host, containerId } = this.#ref
    let before: Sample | undefined
    let points = 0
    const path = `/containers/${encodeURIComponent(containerId)}/stats`
    for await (const sample of host.client.lines('GET', path, sampleSchema, { query: { stream: true }, signal })) {
      const point = before === undefined ? undefined : pointOf(before, sample)
      before = sample
      if (point === undefined) continue
      points++
      this.#tell.point(point)
    }
    return points
  }
}

function isReadable(ref: ContainerRef): boolean {
  const status = containerRowOf(ref)?.status
  return (status === 'running' || status === 'paused') && ref.host.state.kind === 'ready'
}
