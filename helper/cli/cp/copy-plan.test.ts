import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throwsCode } from '../testing/throws-code.ts'
import type { CopyDestination, CopySource } from './copy-plan.ts'
import { planCopy } from './copy-plan.ts'
import { entryPath } from './entry-path.ts'

const FILE = { path: '/s/file', isFolder: false }
const FOLDER = { path: '/s/dir', isFolder: true }
const CONTENT = { path: '/s/dir/.', isFolder: true }
const LINKED = { path: '/s/real', isFolder: false, name: 'link' }

// The table of Docker's reference for `docker cp`.
for (const [what, source, path, kind, folder, name] of [
  ['a file to nothing', FILE, '/d/new', 'missing', '/d', 'new'],
  ['a file over a file', FILE, '/d/old', 'other', '/d', 'old'],
  ['a file into a folder', FILE, '/d', 'folder', '/d', 'file'],
  ['a file into a folder with a slash', FILE, '/d/', 'folder', '/d/', 'file'],
  ['a folder to nothing', FOLDER, '/d/new', 'missing', '/d', 'new'],
  ['a folder to nothing with a slash', FOLDER, '/d/new/', 'missing', '/d', 'new'],
  ['a folder into a folder', FOLDER, '/d', 'folder', '/d', 'dir'],
  ['a folder with a slash into a folder', { path: '/s/dir/', isFolder: true }, '/d', 'folder', '/d', 'dir'],
  ['what is in a folder into a folder', CONTENT, '/d', 'folder', '/d', undefined],
  ['what is in a folder to nothing', CONTENT, '/d/new', 'missing', '/d', 'new'],
  ['what is in a folder to nothing that is named as a folder', CONTENT, '/d/new/.', 'missing', '/d', 'new'],
  ['all of a root into a folder', { path: '/', isFolder: true }, '/d', 'folder', '/d', undefined],
  ['a link that was followed into a folder', LINKED, '/d', 'folder', '/d', 'link'],
  ['a link that was followed to nothing', LINKED, '/d/new', 'missing', '/d', 'new'],
] as const satisfies readonly (readonly [string, CopySource, string, CopyDestination['kind'], string, string | undefined])[]) {
  test(what, () => assert.deepEqual(planCopy(source, { path, kind }), { folder, name }))
}

for (const [what, source, path, kind, code] of [
  ['a folder over a file', FOLDER, '/d/old', 'other', 'copy-folder-to-file'],
  ['what is in a folder over a file', CONTENT, '/d/old', 'other', 'copy-folder-to-file'],
  ['a file to a folder that is not there', FILE, '/d/new/', 'missing', 'copy-file-to-missing-folder'],
] as const) {
  test(`${what} is refused`, () => throwsCode(code, () => planCopy(source, { path, kind })))
}

for (const [entry, archive, copy, parts] of [
  ['dir/', 'dir', 'new', ['new']],
  ['dir/a/b', 'dir', 'new', ['new', 'a', 'b']],
  ['./dir/a', 'dir', 'dir', ['dir', 'a']],
  ['dir//./a', 'dir', 'dir', ['dir', 'a']],
  ['./', undefined, undefined, []],
  ['./a', undefined, undefined, ['a']],
  ['/a', undefined, undefined, ['a']],
  ['a', undefined, 'new', ['new', 'a']],
] as const) {
  test(`entry ${entry} of ${archive} as ${copy}`, () => assert.deepEqual(entryPath(entry, { archive, copy }), parts))
}

for (const [entry, archive] of [
  ['../a', undefined],
  ['dir/../../a', 'dir'],
  ['..', 'dir'],
  ['other', 'dir'],
  ['dirx/a', 'dir'],
  ['.bashrc', 'dir'],
  ['', 'dir'],
  ['dir/a\0b', 'dir'],
] as const) {
  test(`entry ${JSON.stringify(entry)} of ${archive} is refused`, () =>
    throwsCode('bad-archive', () => entryPath(entry, { archive, copy: 'x' })))
}
