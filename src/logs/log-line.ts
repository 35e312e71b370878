/** A log's lines, as its window keeps them and its document shows them. */

export type LogStream = 'stdout' | 'stderr'

export interface LogLine {
  /** Which of the log's containers, of those that are shown together. */
  readonly member: number
  readonly containerId: string
  /** A terminal counts as stdout. */
  readonly stream: LogStream
  /** When the engine took its first byte: nanoseconds since 1970. */
  readonly time: bigint
  /** Fit for an editor: no control characters; of a long line the beginning. */
  readonly text: string
  readonly marks: readonly Mark[]
  /** Bytes as they were written, without the line's end. */
  readonly length: number
  readonly isCut: boolean
  /** Its end has not been written yet. */
  readonly isOpen: boolean
  /** Where it is in the log, for engines that know places; lines that were followed have none. */
  readonly position?: string
}

/** Characters of a text that the container's escape codes have given a style. Sorted, not empty, not overlapping. */
export interface Mark {
  readonly start: number
  readonly end: number
  readonly style: number
}

/** Lines that came too fast to be shown. */
export interface Skipped {
  /** Absent when nobody counted them. */
  readonly skipped: number | undefined
  readonly time: bigint
}

export type LogEntry = LogLine | Skipped

/** Whether the entry is a line. */
export function isLine(entry: LogEntry): entry is LogLine {
  return !('skipped' in entry)
}

/** Whether both are one line, read twice. */
export function isSameLine(one: LogLine, other: LogLine): boolean {
  return (
    one.time === other.time &&
    one.stream === other.stream &&
    one.text === other.text &&
    one.isCut === other.isCut &&
    one.containerId === other.containerId
  )
}
