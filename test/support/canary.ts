/** A folder outside of every container whose every change shows. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryFolder } from './folders.ts'

export interface Canary extends AsyncDisposable {
  readonly path: string
  /** Fails when anything in it, or any mount on this machine below it, is not as it was. */
  assertUnchanged(): void
}

/** Makes the folder, with files by the names that attacks aim at. */
export function makeCanary(): Canary {
  const folder = makeTemporaryFolder('canary')
  const { path } = folder
  for (const name of ['ptmx', 'null', 'secret', 'hosts', 'resolv.conf']) writeFileSync(join(path, name), `canary ${name}`)
  for (const name of ['pts', 'sys', 'inner']) mkdirSync(join(path, name))
  const before = fingerprint(path)
  return {
    path,
    assertUnchanged() {
      assert.equal(fingerprint(path), before, 'a container changed a folder of the host')
      const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .filter((line) => line.includes(` ${path}`))
      assert.deepEqual(mounted, [], 'a container mounted on a folder of the host')
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    const { mode, uid, gid, mtimeMs, ctimeMs, nlink } = lstatSync(path)
    hash.update(JSON.stringify([path, mode, uid, gid, mtimeMs, ctimeMs, nlink]))
    if (lstatSync(path).isFile()) hash.update(readFileSync(path))
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name))
  }
  add(folder)
  return hash.digest('hex')
}
