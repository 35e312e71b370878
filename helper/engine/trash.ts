/** Where folders go that are no longer wanted: out of the way by one rename (19 µs), and deleted when nobody waits. */
import { existsSync, readdirSync, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

/**
 * Milliseconds without a new folder. Deleting takes half a millisecond for a small one; worse, ext4 does not reuse an inode in the
 * seconds after its deletion and looks at each such inode anew for every file it makes: at 100 containers a second each start took
 * twice its time.
 */
const QUIET = 2000
/** Milliseconds that a folder waits at most. */
const PATIENCE = 20_000

export class Trash {
  private readonly folder: string
  private readonly report: (error: unknown) => void
  private timer: NodeJS.Timeout | undefined
  private oldest = 0
  private emptying = false

  constructor(folder: string, report: (error: unknown) => void) {
    this.folder = folder
    this.report = report
  }

  /** Takes `folder` away, if it is there. It must lie on the same filesystem. */
  discard(folder: string): void {
    if (!existsSync(folder)) return
    renameSync(folder, join(this.folder, `${basename(folder)}-${Date.now()}`))
    this.oldest ||= Date.now()
    this.emptyLater()
  }

  /** Deletes what is there, also of an earlier helper. Errors are reported. */
  async empty(): Promise<void> {
    if (this.emptying) return
    this.emptying = true
    this.oldest = 0
    try {
      for (const name of readdirSync(this.folder)) await rm(join(this.folder, name), { recursive: true, force: true }).catch(this.report)
    } finally {
      this.emptying = false
    }
    if (this.oldest > 0) this.emptyLater()
  }

  private emptyLater(): void {
    if (this.timer !== undefined && Date.now() - this.oldest > PATIENCE) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.empty().catch(this.report)
    }, QUIET).unref()
  }
}
