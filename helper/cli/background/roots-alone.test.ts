import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { isRootsAlone } from './roots-alone.ts'

test('a program that somebody else could change is not', () => {
  using folder = temporaryFolder()
  const program = join(realpathSync(folder.path), 'program')
  mkdirSync(program)
  writeFileSync(join(program, 'node'), '')
  assert.equal(isRootsAlone(program), process.getuid?.() === 0)
  chmodSync(join(program, 'node'), 0o666)
  assert.equal(isRootsAlone(program), false)
  chmodSync(join(program, 'node'), 0o644)
  chmodSync(folder.path, 0o777)
  assert.equal(isRootsAlone(program), false)
})
