/** A host's model, kept true by the engine's events. */
import type { Disposable } from 'vscode'
import { z } from 'zod'
import type { EngineClient } from '../client/engine-client.ts'
import { EngineError } from '../client/engine-error.ts'
import { isNotFound } from '../client/engine-problem.ts'
import { Emitter } from '../events/emitter.ts'
import type { ContainerSummary } from './container-row.ts'
import { containerRow, detailsSchema, isSameRow, needsDetails, summariesSchema, withDetails } from './container-row.ts'
import type { HostModel, ModelChange } from './host-model.ts'
import { imageRowsSchema } from './image-row.ts'
import { LateEnds } from './late-ends.ts'
import { RefreshQueue } from './refresh-queue.ts'
import type { ContainerRow, ImageRow } from './rows.ts'

const eventSchema = z.object({
  Type: z.string().nullish(),
  Action: z.string().nullish(),
  Actor: z
    .object({ ID: z.string().nullish(), Attributes: z.object({ container: z.string().nullish() }).nullish().catch(undefined) })
    .nullish(),
})

/** So many rows are inspected for what a list does not say. */
const MOST_DETAILS = 50
/** What names no change of a row; an exec of every health check comes by here. */
const NO_CHANGE = /^(?:exec_|attach|detach|resize|top|copy|export|archive-path|extract-to-dir|commit)/

export class LiveModel implements HostModel {
  readonly #client: EngineClient
  readonly #changed = new Emitter<ModelChange>()
  readonly #watchersChanged = new Emitter<void>()
  #containers: ReadonlyMap<string, ContainerRow> = new Map()
  #images: readonly ImageRow[] = []
  #watchers = 0
  #queue: RefreshQueue | undefined
  hasSnapshot = false
  readonly onDidChange = this.#changed.event
  readonly onDidChangeWatchers = this.#watchersChanged.event

  constructor(client: EngineClient) {
    this.#client = client
  }

  get containers(): ReadonlyMap<string, ContainerRow> {
    return this.#containers
  }

  get images(): readonly ImageRow[] {
    return this.#images
  }

  get isWatched(): boolean {
    return this.#watchers > 0
  }

  watch(): Disposable {
    this.#watchers++
    if (this.#watchers === 1) this.#watchersChanged.fire()
    let isOver = false
    return {
      dispose: () => {
        if (isOver) return
        isOver = true
        this.#watchers--
        if (this.#watchers === 0) this.#watchersChanged.fire()
      },
    }
  }

  refresh(containerId: string): void {
    this.#queue?.container(containerId)
  }

  /** Takes a snapshot and keeps it true until the signal, or until the engine's events end, which is an error. Errors: EngineError. */
  async follow(signal: AbortSignal): Promise<void> {
    const since = await this.#engineTime(signal)
    await this.#takeSnapshot(signal)
    const failed = new AbortController()
    const late = new LateEnds((id) => queue.container(id))
    const queue = new RefreshQueue({
      containers: async (ids) => {
        await this.#refresh(ids, signal)
        for (const id of ids) late.onRow(id, this.#containers.get(id))
      },
      images: () => this.#relist(signal),
      onFailure: (error) => failed.abort(error),
    })
    const ending = AbortSignal.any([signal, failed.signal])
    this.#queue = queue
    try {
      // From before the snapshot on: what is told twice changes nothing, and nothing in between is missed.
      const query = { since, filters: JSON.stringify({ type: ['container', 'image', 'volume', 'network'] }) }
      for await (const event of this.#client.lines('GET', '/events', eventSchema, { query, signal: ending, timeout: 0 })) {
        const id = event.Actor?.ID ?? ''
        if (event.Type === 'volume') this.#changed.fire({ kind: 'volumes' })
        else if (event.Type === 'network') {
          this.#changed.fire({ kind: 'networks' })
          const container = event.Actor?.Attributes?.container ?? ''
          if (container !== '') queue.container(container)
        } else if (event.Type === 'image') queue.images()
        else if (event.Type === 'container' && id !== '' && !NO_CHANGE.test(event.Action ?? '')) {
          late.onEvent(event.Action, id)
          queue.container(id)
        }
      }
    } catch (error) {
      throw failed.signal.aborted ? failed.signal.reason : error
    } finally {
      this.#queue = undefined
      queue.end()
      late.end()
    }
    if (!signal.aborted) throw new EngineError('connection-lost', 'the engine ended its events')
  }

  async #engineTime(signal: AbortSignal): Promise<string> {
    const { date } = await this.#client.head('/_ping', { signal })
    const time = Date.parse(date ?? '')
    return String(Math.floor((Number.isNaN(time) ? Date.now() : time) / 1000) - 1)
  }

  async #takeSnapshot(signal: AbortSignal): Promise<void> {
    const [summaries, images] = await Promise.all([
      this.#list(signal),
      this.#client.ask('GET', '/images/json', imageRowsSchema, { signal }),
    ])
    const rows = await this.#rowsOf(summaries, signal)
    this.#containers = new Map(rows.toSorted((a, b) => b.created - a.created).map((row) => [row.id, row]))
    this.#images = images
    this.hasSnapshot = true
    this.#changed.fire({ kind: 'all' })
  }

  #list(signal: AbortSignal, ids?: readonly string[]): Promise<ContainerSummary[]> {
    const filters = ids === undefined ? undefined : JSON.stringify({ id: ids })
    return this.#client.ask('GET', '/containers/json', summariesSchema, { query: { all: true, filters }, signal })
  }

  async #rowsOf(summaries: readonly ContainerSummary[], signal: AbortSignal): Promise<ContainerRow[]> {
    let inspected = 0
    return await Promise.all(
      summaries.map(async (summary) => {
        const row = containerRow(summary)
        if (!needsDetails(row, summary) || inspected++ >= MOST_DETAILS) return row
        return await this.#detailed(row, signal)
      }),
    )
  }

  async #detailed(row: ContainerRow, signal: AbortSignal): Promise<ContainerRow> {
    try {
      return withDetails(row, await this.#client.ask('GET', `/containers/${encodeURIComponent(row.id)}/json`, detailsSchema, { signal }))
    } catch (error) {
      if (isNotFound(error)) return row // it went meanwhile: its event follows
      throw error
    }
  }

  async #refresh(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const summaries = await this.#list(signal, ids)
    const rows = new Map((await this.#rowsOf(summaries, signal)).map((row) => [row.id, row]))
    for (const id of ids) this.#put(id, rows.get(id))
  }

  #put(id: string, row: ContainerRow | undefined): void {
    const before = this.#containers.get(id)
    if (row === undefined) {
      if (before === undefined) return
      const containers = new Map(this.#containers)
      containers.delete(id)
      this.#containers = containers
      this.#changed.fire({ kind: 'container', id, change: 'removed' })
      return
    }
    this.#containers = before === undefined ? new Map([[id, row], ...this.#containers]) : new Map(this.#containers).set(id, row)
    if (before === undefined) this.#changed.fire({ kind: 'container', id, change: 'added' })
    else if (!isSameRow(before, row)) this.#changed.fire({ kind: 'container', id, change: 'changed' })
  }

  async #relist(signal: AbortSignal): Promise<void> {
    this.#images = await this.#client.ask('GET', '/images/json', imageRowsSchema, { signal })
    this.#changed.fire({ kind: 'images' })
  }
}
