import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeRootfs, whyNoRootfs } from '../support/rootfs.ts'
import { run } from '../support/run.ts'

test('the test root filesystem has a shell, users and the probe', {
  skip: whyNoRootfs() ?? (process.getuid?.() !== 0 && 'not root'),
}, async () => {
  await using root = await makeRootfs()
  const ids = await run('chroot', ['--userspec=user:extra', root.path, '/bin/probe', 'report'])
  const report: unknown = JSON.parse(ids.stdout)
  assert.ok(typeof report === 'object' && report !== null)
  assert.partialDeepStrictEqual(report, { uid: 1000, gid: 2000, cwd: '/', args: ['/bin/probe', 'report'] })
  assert.equal((await run(join(root.path, 'bin/probe'), ['exit', '7'])).code, 7)
  assert.equal((await run('chroot', [root.path, 'sh', '-c', 'echo $0'])).stdout, 'sh\n')
})
