import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startHelper } from '../support/helper.ts'
import { makeTemporaryFolder } from '../support/folders.ts'
import { makeRootfs } from '../support/rootfs.ts'
import { runChecked } from '../support/run.ts'
import { startEditor } from './support/editor.ts'

await using helper = await startHelper()
await using rootfs = await makeRootfs()
mkdirSync(join(rootfs.path, 'app/conf.d'), { recursive: true })
writeFileSync(join(rootfs.path, 'app/conf.d/nginx.conf'), 'worker_processes 1;\n', { mode: 0o640 })
writeFileSync(join(rootfs.path, 'app/gone.txt'), 'gone\n')
await runChecked('chown', ['1000:1000', join(rootfs.path, 'app/conf.d/nginx.conf')])
const sh = async (...words: string[]) => {
  const r = await helper.docker(words)
  if (r.code !== 0) console.log(words.join(' '), r.code, r.stdout, r.stderr)
  return r.stdout.trim()
}
await runChecked('tar', ['-c', '-C', rootfs.path, '-f', join(helper.runRoot, '..', 'root.tar'), '.'])
await sh('import', '-c', 'CMD ["/bin/sleep", "1000000"]', join(helper.runRoot, '..', 'root.tar'), 'shop/web:1')
await sh('run', '-d', '--name', 'web', 'shop/web:1')
await sh('create', '--name', 'stopped', 'shop/web:1')
await sh('exec', 'web', 'sh', '-c', 'echo "worker_processes 4;" > /app/conf.d/nginx.conf; rm /app/gone.txt; mkdir -p /data/logs; echo hi > /data/logs/a.log; head -c 3000 /dev/urandom > /data/bin.dat')
await using editor = await startEditor({ env: { POCKER_HOST: `unix://${helper.socket}` }, files: { 'local.txt': 'local\n', 'dir/a.txt': 'a\n', 'dir/b/c.txt': 'c\n' } })
const { vscode } = editor
const step = async (name: string, act: () => Promise<unknown>) => {
  const began = performance.now()
  try { const r = await act(); console.log(name, (performance.now() - began).toFixed(0), 'ms', r ?? '') } catch (e) { console.log(name, 'FAILED', String(e).slice(0, 600)) }
  await vscode.screenshot(`x-${name}`)
}
const { default: script } = await import(process.argv[2] ?? '/tmp/explore-1.ts')
await script({ vscode, editor, helper, sh, step })
console.log(editor.troubles.take())
