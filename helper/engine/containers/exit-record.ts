/** The status file: what the keeper wrote of a container's start and end. */
import { readFileSync } from 'node:fs'
import { EXIT_RECORD } from '../../container/launch/keeper.ts'
import { START_RECORD_SIZE } from '../../container/steps/become-keeper.ts'
import { exitCodeOf } from '../../linux/process.ts'

export interface StartRecord {
  readonly pid: number
  readonly keeper: number
  /** RFC 3339 with nanoseconds. */
  readonly startedAt: string
}

export interface Exit {
  readonly code: number
  readonly finishedAt: string
}

export interface Status {
  readonly start?: StartRecord
  readonly exit?: Exit
}

/** Reads a status file; a missing one, or one of a start that never came to be, says nothing. */
export function readStatus(path: string): Status {
  const bytes = readIfThere(path)
  if (bytes === undefined || bytes.length < START_RECORD_SIZE) return {}
  const start = {
    pid: Number(bytes.readBigInt64LE(0)),
    keeper: Number(bytes.readBigInt64LE(8)),
    startedAt: timestamp(bytes.readBigInt64LE(16), bytes.readBigInt64LE(24)),
  }
  if (bytes.length < START_RECORD_SIZE + EXIT_RECORD.size) return { start }
  return { start, exit: parseExit(bytes.subarray(START_RECORD_SIZE)) }
}

/** Reads the keeper's exit record. */
export function parseExit(record: Buffer): Exit {
  return {
    code: exitCodeOf(record.readInt32LE(EXIT_RECORD.code), record.readInt32LE(EXIT_RECORD.status)),
    finishedAt: timestamp(record.readBigInt64LE(EXIT_RECORD.seconds), record.readBigInt64LE(EXIT_RECORD.nanoseconds)),
  }
}

/** RFC 3339 with nanoseconds, as Docker writes it. */
export function timestamp(seconds: bigint, nanoseconds: bigint): string {
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  const fraction = nanoseconds.toString().padStart(9, '0').replace(/0+$/, '')
  return fraction === '' ? `${base}Z` : `${base}.${fraction}Z`
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
