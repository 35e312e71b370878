/** The tables of the engine's state, and how each version of them becomes the next. */
import type { DatabaseSync } from 'node:sqlite'
import { PockerError } from '../../api/errors.ts'
import { damaged } from './records-error.ts'

/** "Pock": tells a state file from any other SQLite database. */
const APPLICATION = 0x506f_636b

/** Number n leads from version n to n + 1. Only ever added to. */
const migrations = [
  `CREATE TABLE containers (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL, document TEXT NOT NULL) STRICT;
   CREATE TABLE images (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
   CREATE TABLE checkpoints (count INTEGER NOT NULL) STRICT;
   INSERT INTO checkpoints VALUES (0);`,
  'CREATE TABLE networks (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;',
] as const

/** The version of the tables, 0 when there are none. Changes nothing. Errors: PockerError Unavailable `state-too-new`, `state-corrupt`; SQLite's. */
export function checkState(database: DatabaseSync, path: string): number {
  const version = pragma(database, 'user_version')
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (pragma(database, 'application_id') !== APPLICATION && !(isEmpty && version === 0)) throw damaged(path, 'it is not a state of Pocker')
  if (version > migrations.length) {
    throw new PockerError('Unavailable', `open state "${path}": a later version of Pocker has written it`, {
      code: 'state-too-new',
      hint: `It has version ${version}, this Pocker knows versions up to ${migrations.length}. Use the later Pocker.`,
    })
  }
  const finding = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
  if (finding !== 'ok') throw damaged(path, finding)
  return version
}

/** Brings the tables from `version` up to this one. Errors: SQLite's. */
export function migrate(database: DatabaseSync, version: number): void {
  if (version === migrations.length) return
  database.exec('BEGIN IMMEDIATE')
  for (const migration of migrations.slice(version)) database.exec(migration)
  database.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${migrations.length}; COMMIT`)
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}
