import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { watchPlaces } from './watch-places.ts'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-places-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Resolves each time something has come. */
function watching(t: TestContext, ...paths: string[]) {
  let count = 0
  let told: (() => void) | undefined
  const listening = watchPlaces(paths, () => {
    count++
    told?.()
  })
  t.after(() => listening.dispose())
  return { next: () => new Promise<void>((resolve) => (told = resolve)), count: () => count, listening }
}

test('what comes into a folder that is there is noticed, and what comes beside it is not', async (t) => {
  const folder = folderOf(t)
  const { next, count } = watching(t, join(folder, 'docker.sock'))
  writeFileSync(join(folder, 'other'), '')
  const came = next()
  writeFileSync(join(folder, 'docker.sock'), '')
  await came
  assert.equal(count(), 1)
})

test('folders may come first, at once with what is in them or one by one', async (t) => {
  const folder = folderOf(t)
  const { next } = watching(t, join(folder, 'a/b/podman.sock'))
  const came = next()
  mkdirSync(join(folder, 'a/b'), { recursive: true })
  writeFileSync(join(folder, 'a/b/podman.sock'), '')
  await came
  rmSync(join(folder, 'a'), { recursive: true })
  const again = next()
  mkdirSync(join(folder, 'a'))
  mkdirSync(join(folder, 'a/b'))
  writeFileSync(join(folder, 'a/b/podman.sock'), '')
  await again
})

test('a link that leads nowhere this user may go is noticed', async (t) => {
  const folder = folderOf(t)
  const { next } = watching(t, join(folder, 'docker.sock'))
  const came = next()
  symlinkSync('/nowhere/at/all', join(folder, 'docker.sock'))
  await came
})

test('places that cannot be watched harm nobody', (t) => {
  const { listening } = watching(t, '/proc/1/nowhere/docker.sock', '/docker.sock', join(folderOf(t), 'x'))
  listening.dispose()
})
