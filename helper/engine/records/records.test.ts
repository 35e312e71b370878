import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import { openRecords, type Records } from './records.ts'

interface Document {
  readonly Id: string
  readonly text: string
}

function parse(stored: unknown): Document {
  if (typeof stored === 'object' && stored !== null && 'Id' in stored && 'text' in stored)
    return { Id: String(stored.Id), text: String(stored.text) }
  throw new TypeError('not a document')
}

function open(path: string): Records<Document, Document, Document> {
  return openRecords(path, { container: parse, image: parse, network: parse })
}

function temporaryPath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-records-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'state.db')
}

function row(number: number, { name = `name${number}`, text = 'x'.repeat(4000) } = {}) {
  const id = String(number).padStart(64, '0')
  return { id, name, created: `2026-01-01T00:00:00.${String(number).padStart(9, '0')}Z`, document: { Id: id, text } }
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof PockerError && error.code === code
}

test('what was put is there after opening again, the oldest first', (context) => {
  const path = temporaryPath(context)
  const first = open(path)
  for (const number of [2, 1, 3]) first.containers.put(row(number))
  first.containers.put(row(3, { name: 'renamed', text: 'changed' }))
  assert.equal(first.containers.delete(row(1).id), true)
  assert.equal(first.containers.delete(row(1).id), false)
  first.images.put('sha256:b', { Id: 'b', text: '' })
  first.images.put('sha256:a', { Id: 'a', text: '' })
  first.close()
  const second = open(path)
  assert.deepEqual(second.containers.list(), [row(2).document, row(3, { text: 'changed' }).document])
  assert.equal(second.containers.get(row(1).id), undefined)
  assert.deepEqual(second.images.get('sha256:a'), { Id: 'a', text: '' })
  assert.deepEqual(
    second.images.list().map(({ Id }) => Id),
    ['a', 'b'],
  )
  assert.equal(second.images.delete('sha256:a'), true)
  second.close()
})

test('a name belongs to one container at a time', (context) => {
  const records = open(temporaryPath(context))
  records.containers.put(row(1, { name: 'web' }))
  assert.throws(() => records.containers.put(row(2, { name: 'web' })), hasCode('name-in-use'))
  records.containers.put(row(2))
  assert.throws(() => records.containers.put(row(2, { name: 'web' })), hasCode('name-in-use'))
  records.containers.delete(row(1).id)
  records.containers.put(row(2, { name: 'web' }))
  assert.equal(records.containers.list().length, 1)
  records.close()
})

test('what is done together is done whole or not at all', (context) => {
  const records = open(temporaryPath(context))
  const failure = new Error('in between')
  const work = () => {
    records.containers.put(row(1))
    throw failure
  }
  assert.throws(() => records.together(work), failure)
  assert.deepEqual(records.containers.list(), [])
  records.together(() => {
    records.containers.put(row(1))
    records.images.put('a', { Id: 'a', text: '' })
  })
  assert.equal(records.containers.list().length + records.images.list().length, 2)
  records.close()
})

test('documents are readable by the owner alone', (context) => {
  const path = temporaryPath(context)
  const records = open(path)
  records.containers.put(row(1))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(statSync(`${path}-wal`).mode & 0o777, 0o600)
  records.close()
})

test('a state that is open, too new, not a database or not a file is refused and left as it is', (context) => {
  const path = temporaryPath(context)
  const records = open(path)
  assert.throws(() => open(path), hasCode('state-in-use'))
  records.close()

  const newer = new DatabaseSync(path)
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  const before = readFileSync(path)
  assert.throws(() => open(path), hasCode('state-too-new'))
  assert.deepEqual(readFileSync(path), before)

  const foreign = `${path}-foreign`
  const database = new DatabaseSync(foreign)
  database.exec('CREATE TABLE other (x)')
  database.close()
  assert.throws(() => open(foreign), hasCode('state-corrupt'))

  for (const content of [Buffer.alloc(8192), Buffer.from('{"containers": []}'.repeat(100))]) {
    writeFileSync(`${path}-text`, content)
    assert.throws(() => open(`${path}-text`), hasCode('state-corrupt'))
    assert.deepEqual(readFileSync(`${path}-text`), content)
  }

  mkdirSync(`${path}-folder`)
  assert.throws(() => open(`${path}-folder`), hasCode('state-unwritable'))
  assert.throws(() => open(join(path, 'below-a-file')), hasCode('state-unwritable'))
})

test('a damaged file gives a clear error or the documents, never anything else', (context) => {
  const path = temporaryPath(context)
  const records = open(path)
  for (let number = 0; number < 20; number++) records.containers.put(row(number))
  records.close()
  const sound = readFileSync(path)
  const outcomes = { refused: 0, read: 0 }
  const tryDamaged = (content: Buffer) => {
    writeFileSync(path, content)
    try {
      const opened = open(path)
      try {
        for (const { Id } of opened.containers.list()) assert.ok(Id.length > 0)
      } finally {
        opened.close()
      }
      outcomes.read++
    } catch (error) {
      assert.ok(error instanceof PockerError && error.kind === 'Unavailable', String(error))
      outcomes.refused++
    }
    rmSync(`${path}-wal`, { force: true })
  }
  for (let at = 0; at < sound.length; at += 997) {
    const content = Buffer.from(sound)
    content.writeUInt8(content.readUInt8(at) ^ 0xff, at)
    tryDamaged(content)
  }
  for (let size = 4096; size < sound.length; size += 4096) tryDamaged(sound.subarray(0, size))
  assert.ok(outcomes.refused > 20)
})

test('a document that its parser refuses is an error that names it', (context) => {
  const path = temporaryPath(context)
  const records = openRecords<unknown, unknown, unknown>(path, {
    container: (stored) => stored,
    image: (stored) => stored,
    network: (stored) => stored,
  })
  records.containers.put({ ...row(7), document: { not: 'a document' } })
  records.close()
  const strict = open(path)
  assert.throws(() => strict.containers.list(), hasCode('state-corrupt'))
  strict.close()
})

test('after a crash at any moment the records are those of some moment before it', (context) => {
  const path = temporaryPath(context)
  const records = open(path)
  const crashed = `${path}-crashed`
  for (let number = 0; number < 30; number++) {
    records.containers.put(row(number))
    if (number === 15) records.checkpoint()
    copyFileSync(path, crashed)
    copyFileSync(`${path}-wal`, `${crashed}-wal`)
    assert.equal(reopened(crashed), number + 1)
  }
  const { size } = statSync(`${path}-wal`)
  for (let cut = 0; cut <= size; cut += 4099) {
    copyFileSync(path, crashed)
    copyFileSync(`${path}-wal`, `${crashed}-wal`)
    truncateSync(`${crashed}-wal`, cut)
    assert.ok(reopened(crashed) >= 16)
  }
  records.close()
  assert.equal(existsSync(`${path}-wal`), false)
})

/** How many records a helper started after the crash finds; they must be the first ones. */
function reopened(path: string): number {
  const records = open(path)
  const found = records.containers.list()
  assert.deepEqual(
    found,
    Array.from(found, (_, number) => row(number).document),
  )
  records.close()
  return found.length
}
