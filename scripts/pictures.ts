/** `npm run pictures`: takes README.md's pictures of the extension as it is now, in a real editor. As root. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const kept = join(root, 'media/screenshots')

const { status } = spawnSync(process.execPath, ['--test', 'test/vscode/readme-pictures.test.ts'], { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
rmSync(kept, { recursive: true, force: true })
mkdirSync(kept, { recursive: true })
for (const path of globSync('dist/screenshots/readme-*.png', { cwd: root })) {
  copyFileSync(join(root, path), join(kept, basename(path).replace(/^readme-/, '')))
}
