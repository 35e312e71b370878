import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ANONYMOUS_LABEL } from '../api/volume.ts'
import { Volumes } from './volumes.ts'

function place(context: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'volumes-'))
  context.after(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'volumes')
  mkdirSync(folder)
  const reported: unknown[] = []
  const discarded: string[] = []
  const open = () =>
    new Volumes({
      folder,
      discard: (path) => {
        discarded.push(path)
        renameSync(path, join(root, `gone-${discarded.length}`))
      },
      report: (error) => reported.push(error),
    })
  return { folder, open, reported, discarded }
}

test('a volume is there again with all that it was made with', (context) => {
  const { open, folder } = place(context)
  const made = open().create({ name: 'data', labels: { team: 'blue' }, options: { type: 'tmpfs', device: 'tmpfs' } })
  assert.equal(statSync(made.data).mode & 0o777, 0o755)
  assert.deepEqual(readdirSync(folder), ['data'])
  const again = open().get('data')
  assert.deepEqual([again.data, again.record.created], [made.data, made.record.created])
  assert.deepEqual({ ...again.record.labels }, { team: 'blue' })
  assert.deepEqual({ ...again.record.options }, { type: 'tmpfs', device: 'tmpfs' })
})

test('the same name is the same volume', (context) => {
  const volumes = place(context).open()
  const first = volumes.create({ name: 'data', labels: { a: '1' } })
  assert.equal(volumes.create({ name: 'data', labels: { b: '2' } }), first)
  assert.equal(volumes.all().length, 1)
})

test('what a killed helper had not finished goes at the next start', (context) => {
  const { folder, open, discarded } = place(context)
  mkdirSync(join(folder, '.new-abc', '_data'), { recursive: true })
  assert.deepEqual(open().all(), [])
  assert.deepEqual(readdirSync(folder), [])
  assert.equal(discarded.length, 1)
})

test('folders without a record are volumes; of 64 digits anonymous ones', (context) => {
  const { folder, open, reported } = place(context)
  const name = 'ab'.repeat(32)
  for (const each of ['mine', name]) mkdirSync(join(folder, each, '_data'), { recursive: true })
  const volumes = open()
  assert.deepEqual(volumes.get(name).record.labels, { [ANONYMOUS_LABEL]: '' })
  assert.deepEqual(volumes.get('mine').record.labels, {})
  assert.deepEqual(reported, [])
})

test('a record that is damaged is told of, and the data stays', (context) => {
  const { folder, open, reported } = place(context)
  mkdirSync(join(folder, 'mine', '_data'), { recursive: true })
  writeFileSync(join(folder, 'mine', 'volume.json'), '{')
  assert.ok(existsSync(open().get('mine').data))
  assert.equal(reported.length, 1)
})

test('a volume that is deleted is gone with its data', (context) => {
  const { folder, open } = place(context)
  const volumes = open()
  volumes.create({ name: 'data' })
  volumes.delete('data')
  assert.deepEqual(readdirSync(folder), [])
  assert.throws(() => volumes.get('data'), { code: 'no-such-volume' })
})

test('a folder that somebody has put there meanwhile is a volume; what is hidden is none', (context) => {
  const { folder, open } = place(context)
  const volumes = open()
  for (const each of ['mine', '.hidden']) mkdirSync(join(folder, each, '_data'), { recursive: true })
  assert.equal(volumes.create({ name: 'mine', options: { type: 'tmpfs' } }).record.options.type, undefined)
  for (const none of ['.hidden', '..', '../volumes']) assert.equal(volumes.find(none), undefined)
})

test('data that was taken away is there again, empty', (context) => {
  const { open } = place(context)
  const volumes = open()
  const { data } = volumes.create({ name: 'data' })
  rmSync(data, { recursive: true })
  assert.ok(existsSync(volumes.create({ name: 'data' }).data))
})
