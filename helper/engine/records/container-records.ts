import type { ContainerRecord } from './record.ts'

/** The containers' rows in the database. Errors: PockerError Conflict `name-in-use`. */
export interface ContainerRecords {
  put(record: ContainerRecord): void
  delete(id: string): void
  list(): readonly ContainerRecord[]
}
