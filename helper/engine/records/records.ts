/**
 * The engine's state in SQLite: what containers and images there are, as documents.
 *
 * A write goes to the write-ahead log without waiting for the disk: a crash of the helper loses nothing, a power failure at most the
 * last moments, and never tears a document. What does wait for the disk is put off to moments when nobody waits for the helper.
 */
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { PockerError } from '../../api/errors.ts'
import { isNameTaken, stateError } from './records-error.ts'
import { checkState, migrate } from './records-schema.ts'

/** After so much quiet the write-ahead log is brought into the database. */
const QUIET = 2000
/** After so many writes it is brought in even if no quiet came, or it would grow without end. */
const MAX_PENDING = 4096

/** Makes the document of what was stored, or throws. */
export type Parse<T> = (stored: unknown) => T

export interface Parsers<Container, Image, Network> {
  readonly container: Parse<Container>
  readonly image: Parse<Image>
  readonly network: Parse<Network>
}

export interface ContainerRow<Container> {
  readonly id: string
  readonly name: string
  /** RFC 3339 in UTC with all nine digits, so that the order of the text is that of the time. */
  readonly created: string
  readonly document: Container
}

export interface ContainerRecords<Container> {
  /** Stores a container, or stores it anew. Errors: PockerError Conflict `name-in-use`. */
  put(row: ContainerRow<Container>): void
  get(id: string): Container | undefined
  /** Whether there was one. */
  delete(id: string): boolean
  /** The oldest first. */
  list(): Container[]
}

/** Documents that nothing but their ID is asked of: images and networks. */
export interface PlainRecords<Document> {
  put(id: string, document: Document): void
  get(id: string): Document | undefined
  /** Whether there was one. */
  delete(id: string): boolean
  /** By id. */
  list(): Document[]
}

/** All methods throw PockerError: Unavailable `state-corrupt`, `state-disk-full`, `state-in-use`, `state-unwritable`. */
export interface Records<Container, Image, Network> {
  readonly containers: ContainerRecords<Container>
  readonly images: PlainRecords<Image>
  readonly networks: PlainRecords<Network>
  /** Runs all of it or, when it throws, none. */
  together(work: () => void): void
  /** Brings what was written into the database file; waits for the disk. It is done by itself after two quiet seconds, too. */
  checkpoint(): void
  close(): void
}

/**
 * Opens the state at `path`, and makes it when there is none. One process at a time can have it open.
 * Errors: PockerError Unavailable `state-too-new` when a later version wrote it, `state-corrupt`, `state-in-use`, `state-unwritable`,
 * `state-disk-full`. What cannot be read is left as it is.
 */
export function openRecords<Container, Image, Network>(
  path: string,
  parsers: Parsers<Container, Image, Network>,
): Records<Container, Image, Network> {
  const guard = <T>(verb: string, work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw stateError(verb, path, error)
    }
  }
  const database = guard('open state', () => openDatabase(path))
  const idle = checkpointWhenIdle(database)
  const table = <T>(name: TableName, parse: Parse<T>) => openTable(database, { path, name, parse, guard, written: idle.written })
  const containers = guard('open state', () => table('containers', parsers.container))
  const images = guard('open state', () => table('images', parsers.image))
  const networks = guard('open state', () => table('networks', parsers.network))
  return {
    containers: {
      ...containers,
      put: ({ id, name, created, document }) => {
        try {
          containers.write(id, document, name, created)
        } catch (error) {
          if (!(error instanceof PockerError) || !isNameTaken(error.cause)) throw error
          throw new PockerError('Conflict', `name container "${name}": the name is in use`, { code: 'name-in-use', cause: error })
        }
      },
    },
    images: { ...images, put: (id, document) => images.write(id, document) },
    networks: { ...networks, put: (id, document) => networks.write(id, document) },
    together: (work) => together(database, { work, guard }),
    checkpoint: () => guard('write state', () => checkpoint(database)),
    close: () => {
      idle.stop()
      guard('close state', () => database.close())
    },
  }
}

function openDatabase(path: string): DatabaseSync {
  // SQLite would make it readable by everyone, and documents hold environments with secrets.
  closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path)
  try {
    // Alone with the file, SQLite needs neither locks nor shared memory for a write.
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    const version = checkState(database, path)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    // SQLite's own checkpoint would wait for the disk in the midst of a start.
    database.exec('PRAGMA wal_autocheckpoint = 0')
    migrate(database, version)
    checkpoint(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Afterwards the write-ahead log begins anew, and its first write waits for the disk: so that one is made here. */
function checkpoint(database: DatabaseSync): void {
  database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  database.exec('UPDATE checkpoints SET count = count + 1')
}

function checkpointWhenIdle(database: DatabaseSync): { written(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let pending = 0
  const work = () => {
    pending = 0
    try {
      checkpoint(database)
    } catch {
      // Nobody is waiting for this one and nothing is lost: the log stays as it is, and what is wrong fails the next put as well.
    }
  }
  return {
    written: () => {
      if (timer === undefined) timer = setTimeout(work, QUIET).unref()
      else timer.refresh()
      if (++pending === MAX_PENDING) setImmediate(() => database.isOpen && work())
    },
    stop: () => clearTimeout(timer),
  }
}

type TableName = 'containers' | 'images' | 'networks'
type Guard = <T>(verb: string, work: () => T) => T

interface TableOptions<T> {
  readonly path: string
  readonly name: TableName
  readonly parse: Parse<T>
  readonly guard: Guard
  readonly written: () => void
}

interface Table<T> {
  write(id: string, document: T, ...columns: readonly string[]): void
  get(id: string): T | undefined
  delete(id: string): boolean
  list(): T[]
}

const writes: Readonly<Record<TableName, string>> = {
  containers: `INSERT INTO containers (id, document, name, created) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET document = excluded.document, name = excluded.name, created = excluded.created`,
  images: 'INSERT INTO images (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
  networks: 'INSERT INTO networks (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
}

const orders: Readonly<Record<TableName, string>> = { containers: 'created, id', images: 'id', networks: 'id' }

function openTable<T>(database: DatabaseSync, { path, name, parse, guard, written }: TableOptions<T>): Table<T> {
  const write = database.prepare(writes[name])
  const read = database.prepare(`SELECT id, document FROM ${name} WHERE id = ?`)
  const readAll = database.prepare(`SELECT id, document FROM ${name} ORDER BY ${orders[name]}`)
  const remove = database.prepare(`DELETE FROM ${name} WHERE id = ?`)
  const parseRow = (row: ReturnType<StatementSync['all']>[number]): T => {
    try {
      return parse(JSON.parse(String(row.document)))
    } catch (cause) {
      throw new PockerError('Unavailable', `read state "${path}": the record ${String(row.id)} in ${name} is damaged`, {
        code: 'state-corrupt',
        hint: 'Restore the file from a backup, or move it away to begin with no containers and images.',
        cause,
      })
    }
  }
  return {
    write: (id, document, ...columns) => {
      guard('write state', () => write.run(id, JSON.stringify(document), ...columns))
      written()
    },
    get: (id) => {
      const row = guard('read state', () => read.get(id))
      return row === undefined ? undefined : parseRow(row)
    },
    delete: (id) => {
      const { changes } = guard('write state', () => remove.run(id))
      written()
      return changes > 0
    },
    list: () => guard('read state', () => readAll.all()).map(parseRow),
  }
}

function together(database: DatabaseSync, { work, guard }: { work: () => void; guard: Guard }): void {
  guard('write state', () => database.exec('BEGIN IMMEDIATE'))
  try {
    work()
    guard('write state', () => database.exec('COMMIT'))
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
