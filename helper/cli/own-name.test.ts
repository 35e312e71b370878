import assert from 'node:assert/strict'
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ownName } from './own-name.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

test('a program that the PATH leads to is called by its name, any other by its path, fit for a shell', () => {
  using folder = temporaryFolder()
  const program = join(realpathSync(folder.path), "it's here")
  mkdirSync(program)
  for (const name of ['pocker', 'pocker.mjs']) writeFileSync(join(program, name), '')
  const main = join(program, 'pocker.mjs')
  const path = `'${program.replace("'", "'\\''")}/pocker'`
  assert.equal(ownName(undefined, main), path)
  mkdirSync(join(folder.path, 'bin'))
  const bin = `relative:${folder.path}/none:${folder.path}/bin:/usr/bin`
  assert.equal(ownName(bin, main), path)
  symlinkSync(join(program, 'pocker'), join(folder.path, 'bin/pocker'))
  assert.equal(ownName(bin, main), 'pocker')
  mkdirSync(join(folder.path, 'none'))
  writeFileSync(join(folder.path, 'none/pocker'), '')
  assert.equal(ownName(bin, main), path)
})

test('in a checkout, where there is no launcher, it is called by its name', () =>
  assert.equal(ownName('/usr/bin', '/x/pocker.ts'), 'pocker'))
