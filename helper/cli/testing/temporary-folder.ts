import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is gone at the end of the scope, with folders in it that nobody but root could write to. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'pocker-cli-'))
  return {
    path,
    [Symbol.dispose]() {
      if (process.getuid?.() !== 0) execFileSync('chmod', ['-R', 'u+rwX', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}
