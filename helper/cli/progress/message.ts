import type { ProgressMessage } from '../../api/progress.ts'
import type { ProgressDetail } from './bar.ts'

/** A progress message as it may come from any engine: only what has the right type is taken. */
export interface ReadMessage {
  readonly status: string
  readonly id: string
  readonly stream: string
  /** Undefined when the message does not belong to a line that changes. */
  readonly progress: ProgressDetail | undefined
  readonly aux: unknown
  /** The work has failed. */
  readonly error: string | undefined
}

/** Reads one line of a progress stream. */
export function readMessage(value: unknown): ReadMessage {
  const message: ProgressMessage = typeof value === 'object' && value !== null ? value : {}
  const detail: unknown = message.progressDetail
  const told: unknown = message.errorDetail?.message
  return {
    status: text(message.status),
    id: text(message.id),
    stream: text(message.stream),
    progress: typeof detail === 'object' && detail !== null ? readDetail(detail) : undefined,
    aux: message.aux,
    error: text(told) || text(message.error) || (message.errorDetail == null ? undefined : 'unknown error'),
  }
}

function readDetail(detail: object): ProgressDetail {
  const units: unknown = Reflect.get(detail, 'units')
  return {
    current: amount(Reflect.get(detail, 'current')),
    total: amount(Reflect.get(detail, 'total')),
    units: text(units),
    hidecounts: Reflect.get(detail, 'hidecounts') === true,
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
