/** A host whose state and rows a test changes as it likes. */
import type { EngineClient } from '../client/engine-client.ts'
import { Emitter } from '../events/emitter.ts'
import type { Host, HostState } from '../hosts/host.ts'
import type { ModelChange } from '../model/host-model.ts'
import type { ContainerRow, ImageRow } from '../model/rows.ts'
import { fakeClient } from './fake-client.ts'

export interface ChangingHost extends Host {
  /** How many look at its model. */
  readonly watchers: number
  setState(state: HostState): void
  /** Makes these the rows, all at once. */
  setContainers(rows: readonly ContainerRow[]): void
  setImages(rows: readonly ImageRow[]): void
  /** One row more, or another in its place, as after an event. */
  put(row: ContainerRow): void
  remove(id: string): void
}

export interface ChangingHostOptions {
  readonly id?: string
  readonly label?: string
  readonly kind?: Host['kind']
  readonly client?: EngineClient
  readonly address?: string
  readonly containers?: readonly ContainerRow[]
  readonly images?: readonly ImageRow[]
  readonly state?: HostState
}

export const READY: HostState = {
  kind: 'ready',
  engine: { name: 'Pocker', version: '1.0.0', apiVersion: '1.47', isPocker: true },
}

/** Ready with a snapshot unless the options say otherwise. */
export function changingHost(options: ChangingHostOptions = {}): ChangingHost {
  const changed = new Emitter<HostState>()
  const modelChanged = new Emitter<ModelChange>()
  let state = options.state ?? READY
  let watchers = 0
  const byId = (rows: readonly ContainerRow[]) => new Map(rows.map((row) => [row.id, row]))
  const model = {
    containers: byId(options.containers ?? []),
    images: options.images ?? [],
    hasSnapshot: state.kind === 'ready',
    onDidChange: modelChanged.event,
    refresh: () => {},
    watch: () => {
      watchers++
      return { dispose: () => void watchers-- }
    },
  }
  return {
    id: options.id ?? 'local',
    label: options.label ?? 'this machine',
    kind: options.kind ?? 'local',
    ...(options.address === undefined ? {} : { address: options.address }),
    client: options.client ?? fakeClient({}),
    model,
    onDidChangeState: changed.event,
    connect: () => {},
    retry: () => {},
    dispose: () => {},
    get state() {
      return state
    },
    get watchers() {
      return watchers
    },
    setState: (next) => {
      state = next
      changed.fire(next)
    },
    setContainers: (rows) => {
      model.containers = byId(rows)
      model.hasSnapshot = true
      modelChanged.fire({ kind: 'all' })
    },
    setImages: (rows) => {
      model.images = rows
      modelChanged.fire({ kind: 'images' })
    },
    put: (row) => {
      const change = model.containers.has(row.id) ? 'changed' : 'added'
      model.containers = new Map(model.containers).set(row.id, row)
      modelChanged.fire({ kind: 'container', id: row.id, change })
    },
    remove: (id) => {
      model.containers.delete(id)
      modelChanged.fire({ kind: 'container', id, change: 'removed' })
    },
  }
}

/** A container's row with what a test says of it. */
export function containerOf(entry: Partial<ContainerRow> & { readonly id: string }): ContainerRow {
  return {
    name: entry.id,
    image: 'nginx:1.27',
    imageId: 'sha256:1',
    command: 'nginx',
    status: 'running',
    isOutOfMemory: false,
    created: 0,
    statusText: 'Up 2 hours',
    ports: [],
    labels: {},
    mounts: [],
    networks: [],
    networkMode: 'default',
    ...entry,
  }
}

/** An image's row with what a test says of it. */
export function imageOf(entry: Partial<ImageRow> & { readonly id: string }): ImageRow {
  return { tags: [], size: 0, created: 0, labels: {}, ...entry }
}
