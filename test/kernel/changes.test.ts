import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { listChanges } from '../../helper/engine/files/changes.ts'

interface Overlay {
  readonly upper: string
  readonly layers: readonly string[]
  readonly merged: string
}

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-changes-'))
  context.after(() => {
    // Fails when nothing is mounted there, which is as well; what is still mounted keeps the folder from being removed.
    spawnSync('umount', ['-q', join(folder, 'merged')])
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

function tree(folder: string, files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    if (file.endsWith('/')) mkdirSync(join(folder, file), { recursive: true })
    else writeFileSync(join(folder, file), file)
  }
}

/** The kernel itself makes the whiteouts and marks that are read here. */
function mountOverlay(context: TestContext, layers: readonly (readonly string[])[]): Overlay {
  const folder = temporaryFolder(context)
  const paths = layers.map((files, number) => {
    mkdirSync(join(folder, String(number)))
    tree(join(folder, String(number)), files)
    return join(folder, String(number))
  })
  for (const name of ['upper', 'work', 'merged']) mkdirSync(join(folder, name))
  const merged = join(folder, 'merged')
  const options = `lowerdir=${paths.join(':')},upperdir=${join(folder, 'upper')},workdir=${join(folder, 'work')}`
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, merged])
  return { upper: join(folder, 'upper'), layers: paths, merged }
}

async function changesOf(overlay: Overlay): Promise<string[]> {
  const changes = await listChanges(overlay)
  return changes.map(({ Path, Kind }) => `${'CAD'.charAt(Kind)} ${Path}`)
}

test('an untouched container has no changes', async (context) => {
  assert.deepEqual(await changesOf(mountOverlay(context, [['etc/passwd']])), [])
})

test('added, changed and deleted files are listed with the folders they are in', async (context) => {
  const overlay = mountOverlay(context, [
    ['etc/conf/a', 'etc/b', 'tmp/'],
    ['usr/bin/x', 'usr/lib/y', 'home/'],
  ])
  appendFileSync(join(overlay.merged, 'etc/conf/a'), 'more')
  tree(overlay.merged, ['tmp/new/one', 'home/ünï\u{1f600}'])
  rmSync(join(overlay.merged, 'usr/lib'), { recursive: true })
  rmSync(join(overlay.merged, 'etc/b'))
  chmodSync(join(overlay.merged, 'usr/bin'), 0o700)
  assert.deepEqual(await changesOf(overlay), [
    'C /etc',
    'D /etc/b',
    'C /etc/conf',
    'C /etc/conf/a',
    'C /home',
    'A /home/ünï\u{1f600}',
    'C /tmp',
    'A /tmp/new',
    'A /tmp/new/one',
    'C /usr',
    'C /usr/bin',
    'D /usr/lib',
  ])
})

test('of a folder made again, what is missing is deleted and what is there is changed', async (context) => {
  const overlay = mountOverlay(context, [['data/top'], ['data/kept', 'data/gone', 'data/sub/deep']])
  rmSync(join(overlay.merged, 'data'), { recursive: true })
  tree(overlay.merged, ['data/kept', 'data/fresh', 'data/sub/'])
  assert.deepEqual(await changesOf(overlay), [
    'C /data',
    'A /data/fresh',
    'D /data/gone',
    'C /data/kept',
    'C /data/sub',
    'D /data/sub/deep',
    'D /data/top',
  ])
})

test('what an upper layer deleted is not there to be changed or deleted', async (context) => {
  const first = mountOverlay(context, [['a/x', 'b', 'c/z']])
  rmSync(join(first.merged, 'a'), { recursive: true })
  rmSync(join(first.merged, 'b'))
  const folder = temporaryFolder(context)
  const layers = [first.upper, ...first.layers]
  tree(folder, ['a/x', 'b', 'c/z'])
  assert.deepEqual(await changesOf({ upper: folder, layers, merged: '' }), ['A /a', 'A /a/x', 'A /b', 'C /c', 'C /c/z'])
})

test('a file in place of a folder and the other way round are changes', async (context) => {
  const overlay = mountOverlay(context, [['folder/x', 'file']])
  rmSync(join(overlay.merged, 'folder'), { recursive: true })
  rmSync(join(overlay.merged, 'file'))
  tree(overlay.merged, ['folder', 'file/y'])
  assert.deepEqual(await changesOf(overlay), ['C /file', 'A /file/y', 'C /folder'])
})
