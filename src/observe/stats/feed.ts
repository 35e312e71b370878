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

export class StatsFeed {
  readonly #streams: readonly ContainerStream[]
  readonly #points = new Emitter<FeedPoint>()
  readonly onPoint = this.#points.event

  /** Begins at once. `report` is told of errors that nobody waits for. */
  constructor(refs: readonly ContainerRef[], report: (error: unknown) => void) {
    this.#streams = refs.map((ref) => new ContainerStream(ref, (point) => this.#points.fire({ ref, point }), report))
  }

  dispose(): void {
    for (const stream of this.#streams) stream.dispose()
    this.#points.dispose()
  }
}

class ContainerStream {
  readonly #ref: ContainerRef
  readonly #tell: (point: StatsPoint) => void
  readonly #report: (error: unknown) => void
  readonly #listening: readonly Disposable[]
  #reading: AbortController | undefined

  constructor(ref: ContainerRef, tell: (point: StatsPoint) => void, report: (error: unknown) => void) {
    this.#ref = ref
    this.#tell = tell
    this.#report = report
    const { host, containerId } = ref
    this.#listening = [
      host.model.watch(),
      host.onDidChangeState(() => this.#begin()),
      host.model.onDidChange((change) => {
        if (change.kind === 'all' || (change.kind === 'container' && change.id === containerId)) this.#begin()
      }),
    ]
    this.#begin()
  }

  dispose(): void {
    for (const each of this.#listening) each.dispose()
    this.#reading?.abort()
  }

  /** Reads, where the container runs and is not read already. */
  #begin(): void {
    const isRunning = containerRowOf(this.#ref)?.status === 'running' && this.#ref.host.state.kind === 'ready'
    if (!isRunning || this.#reading !== undefined) return
    const reading = new AbortController()
    this.#reading = reading
    this.#read(reading.signal)
      .catch((error: unknown) => {
        if (!isAborted(error)) this.#report(error)
      })
      .finally(() => {
        this.#reading = undefined
      })
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { host, containerId } = this.#ref
    let before: Sample | undefined
    const path = `/containers/${encodeURIComponent(containerId)}/stats`
    for await (const sample of host.client.lines('GET', path, sampleSchema, { query: { stream: true }, signal })) {
      const point = before === undefined ? undefined : pointOf(before, sample)
      before = sample
      if (point !== undefined) this.#tell(point)
    }
  }
}
