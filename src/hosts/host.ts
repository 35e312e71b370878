/** A machine with an engine, as all parts of the extension see it. */
import type { Event } from 'vscode'
import type { EngineClient } from '../client/engine-client.ts'
import type { HostModel } from '../model/host-model.ts'

/** What the views say of a host; `reason` is for people. */
export type HostState =
  /** The helper is not there or not running: the user has to start it. It is looked for again while somebody watches. */
  | { readonly kind: 'stopped' }
  /** `doing` says what takes long. */
  | { readonly kind: 'connecting'; readonly doing?: string }
  /** `latency`: milliseconds of a round trip, where it is a way at all. */
  | { readonly kind: 'ready'; readonly engine: EngineFacts; readonly latency?: number }
  /** Tried again by itself at `retryAt`, in milliseconds since 1970; without it, when the user says so. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly retryAt: number | undefined; readonly code?: string }

export interface EngineFacts {
  readonly name: 'Pocker' | 'Docker' | 'Podman'
  readonly version: string
  /** What both sides speak, `1.47`. */
  readonly apiVersion: string
  /** Whether it has the `/pocker/…` endpoints: files, traces, plans. */
  readonly isPocker: boolean
}

export interface Host {
  /** Stable over sessions, such as `local`, `docker`. */
  readonly id: string
  /** For people, such as `this machine`. */
  readonly label: string
  readonly kind: 'local' | 'socket' | 'ssh'
  /** What other clients of this machine reach it by, as in `DOCKER_HOST`: `unix:///run/…`. Absent where only Pocker does. */
  readonly address?: string
  readonly state: HostState
  readonly onDidChangeState: Event<HostState>
  /** Requests fail with EngineError `engine-not-there` and the like while it is not ready. */
  readonly client: EngineClient
  /** What runs there, kept up to date by its events while somebody looks. */
  readonly model: HostModel
  /** The port of this machine by which a port of that one is reached; absent where it is the same machine. Errors: of the connection. */
  readonly reach?: (host: string, port: number) => Promise<number>
  /** Connects, and goes on connecting, until `dispose`. Nothing happens before. */
  connect(): void
  /** Tries at once what would be tried later. */
  retry(): void
  /**
   * Has a stopped engine started, where that can be done from here and the user has asked for something that needs it; resolves to whether
   * it is ready now. `client` does so by itself. Absent: it can only be waited for. Errors: in words.
   */
  wake?(): Promise<boolean>
  dispose(): void
}
