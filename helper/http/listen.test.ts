import assert from 'node:assert/strict'
import { chmod, lstat, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import type { Server } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { listenOn } from './listen.ts'

const ME = process.getuid?.() ?? 0

async function folder(context: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'pocker-listen-'))
  context.after(() => rm(made, { recursive: true, force: true }))
  return made
}

function server(context: TestContext): Server {
  const made = createServer()
  context.after(() => void made.close())
  return made
}

async function mode(path: string): Promise<number> {
  return (await lstat(path)).mode & 0o777
}

test('the socket and a folder made for it are for this user alone', async (context) => {
  const path = join(await folder(context), 'a', 'b', 'api.sock')
  await listenOn(server(context), path, ME)
  assert.equal(await mode(path), 0o600)
  assert.equal(await mode(join(path, '..')), 0o700)
  assert.equal(await mode(join(path, '../..')), 0o700)
})

test('a dead socket of ours is replaced', async (context) => {
  const path = join(await folder(context), 'api.sock')
  const dead = createServer()
  await listenOn(dead, `${path}.first`, ME)
  // A server removes the path that it has bound when it closes: this is what is left of one that was killed.
  await rename(`${path}.first`, path)
  await new Promise((resolve) => dead.close(resolve))
  await listenOn(server(context), path, ME)
  assert.ok((await stat(path)).isSocket())
})

test('a socket that answers is left alone', async (context) => {
  const path = join(await folder(context), 'api.sock')
  await listenOn(server(context), path, ME)
  await assert.rejects(listenOn(createServer(), path, ME), { kind: 'Conflict', code: 'socket-in-use' })
})

test('a file at the path is left alone', async (context) => {
  const path = join(await folder(context), 'api.sock')
  await writeFile(path, 'precious')
  await assert.rejects(listenOn(createServer(), path, ME), { code: 'socket-path-taken' })
})

test('a symbolic link at the path is not followed', async (context) => {
  const path = join(await folder(context), 'api.sock')
  await symlink(`${path}.elsewhere`, path)
  await assert.rejects(listenOn(createServer(), path, ME), { code: 'socket-path-taken' })
})

test('a folder in which others can put things is refused', async (context) => {
  const path = await folder(context)
  await chmod(path, 0o777)
  await assert.rejects(listenOn(createServer(), join(path, 'api.sock'), ME), { kind: 'Forbidden', code: 'unsafe-socket-folder' })
})

test('a path that does not fit is refused', async (context) => {
  const path = join(await folder(context), 'x'.repeat(110))
  await assert.rejects(listenOn(createServer(), path, ME), { code: 'socket-path-too-long' })
})
