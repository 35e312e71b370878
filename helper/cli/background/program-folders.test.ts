import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { removeOldPrograms } from './program-folders.ts'

const name = (letter: string) => letter.repeat(64)

test('programs of earlier versions go, but for those that run or are kept, and all else stays', async () => {
  using folder = temporaryFolder()
  const [own, old, kept, running] = ['a', 'b', 'c', 'd'].map((letter) => join(folder.path, name(letter)))
  for (const path of [own, old, kept, running, join(folder.path, 'notes'), join(folder.path, 'new.1'), join(folder.path, 'new.2')]) {
    mkdirSync(path ?? '')
  }
  writeFileSync(join(old ?? '', 'node'), '')
  utimesSync(join(folder.path, 'new.1'), 1, 1)
  symlinkSync('/', join(folder.path, name('e')))
  writeFileSync(join(folder.path, name('f')), '')
  const child = spawn('sh', ['-c', 'read line', join(running ?? '', 'pocker.mjs')], { stdio: ['pipe', 'ignore', 'ignore'] })
  await once(child, 'spawn')
  removeOldPrograms(own ?? '', [kept ?? ''])
  child.stdin.end()
  await once(child, 'exit')
  assert.deepEqual(readdirSync(folder.path).toSorted(), [name('a'), name('c'), name('d'), name('e'), name('f'), 'new.2', 'notes'])
})

test('a program that is somewhere else removes nothing', () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'dist'))
  mkdirSync(join(folder.path, name('b')))
  removeOldPrograms(join(folder.path, 'dist'), [])
  assert.deepEqual(readdirSync(folder.path).toSorted(), [name('b'), 'dist'])
})
