/** What goes wrong in the window and in the extension host without a test having asked. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** Of VS Code's server when it stands alone, and of a machine without the internet; nothing of ours comes near these. */
const harmless: readonly RegExp[] = [
  /\/_static\/(src\/browser\/media|out\/browser\/serviceWorker)/,
  /A bad HTTP response code \(404\) was received when fetching the script/,
  /node_modules\/vsda\/rust\/web\/vsda/,
  /\/update\/check/,
  /open-vsx\.org/,
  // The machine is busy.
  /Aborted onWillSaveTextDocument-event/,
  // A row was unfolded in the moment when all were drawn anew; VS Code draws it once more.
  /No tree item with id '\d\//,
  // What a window says of itself while it is left, which may come when the next one is there.
  /Long running operations during shutdown are unsupported/,
  // A window was left while a row was drawn.
  /Unable to refresh tree view [\w.]+: Canceled/,
  /github-authentication|GitHub Authentication|authentication provider 'github'/,
]

export interface Troubles {
  /** Since the last time, one line or stack each, but for those that were expected. */
  take(): string[]
  /** From now on these are no troubles: VS Code writes each error that it shows to the console. */
  expect(error: RegExp): void
  /** Forgets what a window complains of while it is left: all that it had begun. */
  whileLeaving(leave: () => Promise<unknown>): Promise<void>
}

/** Gathers errors of the window's console and those in the extension host's log below `logs`. */
export function watchTroubles(page: Page, logs: string): Troubles {
  const found: string[] = []
  const expected = [...harmless]
  const seen = new Map<string, number>()
  page.on('pageerror', (error) => found.push(`window: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(`window: ${message.text()} (${message.location().url})`)
  })
  return {
    whileLeaving: async (leave) => {
      const kept = found.length
      await leave()
      found.splice(kept)
    },
    expect: (error) => void expected.push(error),
    take() {
      const errors = [...found.splice(0), ...hostErrors(logs, seen)]
      return errors.filter((error) => !expected.some((pattern) => pattern.test(error)))
    },
  }
}

/** Errors that the logs have more than the last time. What an extension throws and nobody catches is among them. */
function hostErrors(logs: string, seen: Map<string, number>): string[] {
  return globSync('*/exthost*/remoteexthost.log', { cwd: logs }).flatMap((name) => {
    const text = readFileSync(join(logs, name), 'utf8')
    const fresh = text.slice(seen.get(name) ?? 0)
    seen.set(name, text.length)
    const entries = fresh.split(/^(?=\d{4}-\d\d-\d\dT)/m)
    return entries.filter((entry) => / \[(error|critical)\] /.test(entry)).map((entry) => `extension host: ${entry.trim()}`)
  })
}
