import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { nameOfUid, uidOfName } from './accounts.ts'

const folder = mkdtempSync(join(tmpdir(), 'pocker-accounts-'))
const path = join(folder, 'passwd')
writeFileSync(
  path,
  'root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n:x:5:5::/:\n+::::::\nbad:x:10e3:1::/:\nlong:x:99999999999:1::/:\n',
)
after(() => rmSync(folder, { recursive: true }))

test('a user is found by number and by name', () => {
  assert.equal(nameOfUid(1000, path), 'anna')
  assert.equal(uidOfName('anna', path), 1000)
})

test('what is no account is nobody', () => {
  assert.equal(nameOfUid(5, path), undefined)
  assert.equal(uidOfName('bad', path), undefined)
  assert.equal(uidOfName('long', path), undefined)
  assert.equal(uidOfName('+', path), undefined)
  assert.equal(uidOfName('', path), undefined)
})

test('a machine without the file knows nobody', () => assert.equal(nameOfUid(1000, join(folder, 'none')), undefined))
