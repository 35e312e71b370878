/** A small web server as an image. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryFolder } from '../../support/folders.ts'
import type { TestHelper } from '../../support/helper.ts'
import { makeRootfs } from '../../support/rootfs.ts'
import { runChecked } from '../../support/run.ts'
import { dockerOf } from './use-helper.ts'

export const TITLE = 'Served by a container'

/** Makes the image `site:1`, which serves one page on its port 80. */
export async function makeSite(helper: TestHelper): Promise<void> {
  await using rootfs = await makeRootfs()
  await using folder = makeTemporaryFolder('site')
  mkdirSync(join(rootfs.path, 'www'))
  writeFileSync(join(rootfs.path, 'www/index.html'), `<title>${TITLE}</title>\n`)
  const archive = join(folder.path, 'image.tar')
  await runChecked('tar', ['-c', '-C', rootfs.path, '-f', archive, '.'])
  const settings = ['CMD ["/bin/httpd", "-f", "-p", "80", "-h", "/www"]', 'EXPOSE 80']
  await dockerOf(helper, ['import', ...settings.flatMap((setting) => ['-c', setting]), archive, 'site:1'])
}
