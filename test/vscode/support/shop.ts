/** Containers whose files the tests look at. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryFolder } from '../../support/folders.ts'
import type { TestHelper } from '../../support/helper.ts'
import { buildProbe, makeRootfs } from '../../support/rootfs.ts'
import { runChecked } from '../../support/run.ts'
import { dockerOf } from './use-helper.ts'

export const CONF = '/app/conf.d/nginx.conf'

/**
 * `web` runs and has changed things of its image `shop/web:1`; `still` of the same image has never run; `bare` runs with nothing in it but one
 * program. The image `shop/web:2` has a layer in which a file is deleted.
 */
export async function makeShop(helper: TestHelper): Promise<void> {
  await using rootfs = await makeRootfs()
  await using folder = makeTemporaryFolder('shop')
  const docker = (...words: string[]) => dockerOf(helper, words)
  mkdirSync(join(rootfs.path, 'app/conf.d'), { recursive: true })
  writeFileSync(join(rootfs.path, CONF), 'worker_processes 1;\n', { mode: 0o640 })
  await runChecked('chown', ['1000:1000', join(rootfs.path, CONF)])
  writeFileSync(join(rootfs.path, 'app/gone.txt'), 'it was here\n')
  mkdirSync(join(folder.path, 'bare'))
  await runChecked('cp', [await buildProbe(), join(folder.path, 'bare/probe')])
  writeFileSync(join(folder.path, 'bare/hello.txt'), 'no shell here\n')
  for (const [from, name, command] of [
    [rootfs.path, 'shop/web:1', '["/bin/sleep", "100000"]'],
    [join(folder.path, 'bare'), 'shop/bare:1', '["/probe", "sleep-forever"]'],
  ] as const) {
    const archive = join(folder.path, 'image.tar')
    await runChecked('tar', ['-c', '-C', from, '-f', archive, '.'])
    await docker('import', '-c', `CMD ${command}`, archive, name)
  }
  await docker('run', '-d', '--name', 'bare', 'shop/bare:1')
  await docker('create', '--name', 'still', 'shop/web:1')
  await docker('run', '-d', '--name', 'web', 'shop/web:1')
  const changes = [`echo "worker_processes 4;" > ${CONF}`, 'rm /app/gone.txt', 'mkdir /data', 'echo hi > /data/a.log']
  await docker('exec', 'web', 'sh', '-c', changes.join('; '))
  await docker('commit', 'web', 'shop/web:2')
}
