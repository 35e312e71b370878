import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { UserSockets } from './user-sockets.ts'

interface Place {
  readonly runRoot: string
  readonly file: string
  /** Paths that are listened on, in the order of their opening. */
  readonly open: Set<string>
  readonly reports: unknown[]
  /** A helper's start. */
  helper(now?: { boot?: string; names?: Record<number, string>; fails?: number }): UserSockets
}

function place(context: TestContext): Place {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-users-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const runRoot = join(folder, 'run')
  mkdirSync(runRoot, { mode: 0o700 })
  const file = join(folder, 'users.json')
  const open = new Set<string>()
  const reports: unknown[] = []
  return {
    runRoot,
    file,
    open,
    reports,
    helper: ({ boot = 'one', names = { 1000: 'anna' }, fails } = {}) => {
      open.clear()
      return new UserSockets({
        runRoot,
        file,
        now: { boot, nameOf: (uid) => names[uid] },
        listen: async (path, uid) => {
          if (uid === fails) throw new Error('no room')
          writeFileSync(path, '')
          open.add(path)
          return {
            close: async () => {
              rmSync(path, { force: true })
              open.delete(path)
            },
          }
        },
        report: (error) => reports.push(error),
      })
    },
  }
}

const mode = (path: string) => statSync(path).mode & 0o777

test('a user gets a socket in a folder that can be passed through and not listed', async (context) => {
  const { helper, runRoot } = place(context)
  const users = helper()
  const given = await users.add({ uid: 1000, until: 'reboot' })
  assert.deepEqual(given, { uid: 1000, name: 'anna', socket: join(runRoot, '1000/pocker.sock'), until: 'reboot' })
  assert.deepEqual([mode(runRoot), mode(join(runRoot, '1000'))], [0o711, 0o711])
  assert.deepEqual(users.list(), [given])
})

test('nobody is let in where others could replace the socket', async (context) => {
  const { helper, runRoot } = place(context)
  chmodSync(runRoot, 0o777)
  await assert.rejects(helper().add({ uid: 1000, until: 'reboot' }), { code: 'unsafe-run-root' })
})

test('again is the same, and what was to last goes on lasting', async (context) => {
  const { helper, open } = place(context)
  const users = helper()
  await users.add({ uid: 1000, until: 'reboot' })
  assert.equal((await users.add({ uid: 1000, until: 'revoked' })).until, 'revoked')
  assert.equal((await users.add({ uid: 1000, until: 'reboot' })).until, 'revoked')
  assert.equal(open.size, 1)
})

test('two requests at once make one socket', async (context) => {
  const { helper, open } = place(context)
  const users = helper()
  await Promise.all([users.add({ uid: 1000, until: 'reboot' }), users.add({ uid: 1000, until: 'reboot' })])
  assert.deepEqual([open.size, users.list().length], [1, 1])
})

test('a socket that somebody has removed is made again', async (context) => {
  const { helper, runRoot } = place(context)
  const users = helper()
  const { socket } = await users.add({ uid: 1000, until: 'reboot' })
  rmSync(join(runRoot, '1000'), { recursive: true })
  await users.add({ uid: 1000, until: 'reboot' })
  assert.ok(existsSync(socket))
})

test('the next helper of the same boot opens the sockets again, whose grants are in a file for root alone', async (context) => {
  const { helper, open, runRoot, file } = place(context)
  const users = helper()
  await users.add({ uid: 1000, until: 'reboot' })
  await users.add({ uid: 1001, until: 'revoked' })
  assert.equal(mode(file), 0o600)
  await helper().restore()
  assert.deepEqual([...open], [join(runRoot, '1000/pocker.sock'), join(runRoot, '1001/pocker.sock')])
})

test('after a restart of the machine only those are let in who were let in until revoked', async (context) => {
  const { helper, file } = place(context)
  const users = helper()
  await users.add({ uid: 1000, until: 'reboot' })
  await users.add({ uid: 1001, until: 'revoked' })
  const later = helper({ boot: 'two' })
  await later.restore()
  assert.deepEqual(
    later.list().map(({ uid }) => uid),
    [1001],
  )
  assert.doesNotMatch(readFileSync(file, 'utf8'), /1000/)
})

for (const names of [{ 1000: 'eve' }, {}]) {
  test(`a number that now belongs to ${names[1000] ?? 'nobody'} is not let in`, async (context) => {
    const { helper, reports } = place(context)
    await helper().add({ uid: 1000, until: 'revoked' })
    const later = helper({ names })
    await later.restore()
    assert.deepEqual(later.list(), [])
    assert.equal(reports.length, 1)
  })
}

test('a user who was shut out has no socket, now and later', async (context) => {
  const { helper, open, runRoot } = place(context)
  const users = helper()
  await users.add({ uid: 1000, until: 'revoked' })
  await users.remove(1000)
  assert.deepEqual([open.size, existsSync(join(runRoot, '1000'))], [0, false])
  await assert.rejects(users.remove(1000), { code: 'no-such-listener' })
  await helper().restore()
  assert.equal(open.size, 0)
})

test('one who cannot be let in again keeps nobody else out', async (context) => {
  const { helper, reports } = place(context)
  const users = helper()
  await users.add({ uid: 1000, until: 'revoked' })
  await users.add({ uid: 1001, until: 'revoked' })
  const later = helper({ fails: 1000 })
  await later.restore()
  assert.deepEqual(
    later.list().map(({ uid }) => uid),
    [1001],
  )
  assert.equal(reports.length, 1)
})

for (const damage of ['', '{', '[]', '{"users":[{"uid":0}]}', '{"users":[{"uid":4294967295}]}', '{"users":[{"uid":"1000"}]}']) {
  test(`a damaged file lets nobody in: ${damage}`, async (context) => {
    const { helper, open, file, reports } = place(context)
    writeFileSync(file, damage)
    const users = helper()
    await users.restore()
    assert.deepEqual([open.size, reports.length], [0, 1])
    await users.add({ uid: 1000, until: 'reboot' })
    assert.equal(open.size, 1)
  })
}
