import type { LogStream } from './log-line.ts'
import type { Timestamps } from './shown-time.ts'

/** How a log is shown. */
export interface LogOptions {
  readonly timestamps: Timestamps
  readonly streams: 'both' | LogStream
  /** As it was typed. */
  readonly filter: string
  /** Whether the view goes with the log when it is opened. */
  readonly isFollowing: boolean
}

export const DEFAULTS: LogOptions = { timestamps: 'off', streams: 'both', filter: '', isFollowing: true }
