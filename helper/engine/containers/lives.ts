/** The runs of a container, as they are kept in its record: written with the exit, which is on record anyway. */
import type { Life } from '../../api/lives.ts'
import type { ContainerRecord, RecordedState } from '../records/record.ts'
import type { Container } from './container.ts'

/** Some 15 kB of the record of a container that has crashed so often. */
const KEPT = 100
const LONGEST_ERROR = 500

/** The record with the run that has just ended. */
export function withLife(
  record: ContainerRecord,
  end: Pick<RecordedState, 'finishedAt' | 'exitCode' | 'oomKilled' | 'stoppedByUser' | 'error'>,
): ContainerRecord {
  const life: Life = {
    startedAt: record.state.startedAt,
    finishedAt: end.finishedAt,
    exitCode: end.exitCode,
    oomKilled: end.oomKilled,
    isStopped: end.stoppedByUser,
    error: end.error.slice(0, LONGEST_ERROR),
  }
  return { ...record, lives: [...(record.lives ?? []), life].slice(-KEPT) }
}

/** The record with the reason why its last run came to nothing. */
export function withLifeError(record: ContainerRecord, error: string): ContainerRecord {
  const last = record.lives?.at(-1)
  if (record.lives === undefined || last?.startedAt !== record.state.startedAt) return record
  return { ...record, lives: [...record.lives.slice(0, -1), { ...last, error: error.slice(0, LONGEST_ERROR) }] }
}

/** All lives that are known, the present one last. */
export function livesOf({ record, running }: Container): Life[] {
  const past = record.lives ?? []
  if (running === undefined) return [...past]
  return [...past, { startedAt: running.startedAt, oomKilled: false, isStopped: false, error: '' }]
}
