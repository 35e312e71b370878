import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { spreadFolders } from '../../helper/linux/spread-folders.ts'

const EXT4_SUPER_MAGIC = 0xef53

function temporaryFolder(context: TestContext, parent: string): string {
  const folder = mkdtempSync(join(parent, 'pocker-spread-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The letters of `lsattr`, without its dashes. */
function attributes(folder: string): string {
  const [letters = ''] = execFileSync('lsattr', ['-d', folder], { encoding: 'utf8' }).split(' ')
  return letters.replaceAll('-', '')
}

const isExt4 = statfsSync(tmpdir()).type === EXT4_SUPER_MAGIC

test('ext4 is asked to spread the folders, and what it knew of the folder stays', {
  skip: !isExt4 && 'the temporary folder is not on ext4',
}, (context) => {
  const folder = temporaryFolder(context, tmpdir())
  execFileSync('chattr', ['+A', folder])
  const before = attributes(folder)
  spreadFolders(folder)
  assert.deepEqual([...attributes(folder)].sort(), [...before, 'T'].sort())
  spreadFolders(folder)
  assert.match(attributes(folder), /T/)
})

test('a filesystem without the hint leaves the folder as it is', (context) => {
  const folder = temporaryFolder(context, '/dev/shm')
  spreadFolders(folder)
})
