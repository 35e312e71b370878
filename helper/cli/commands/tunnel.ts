import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from '../command.ts'
import { write } from '../io.ts'

/** `pocker tunnel` */
export const tunnel: Command = {
  usage: 'HOST',
  flags: [],
  words: { least: 1, most: 1 },
  local: true,
  run: async ({ words, io }) => {
    const { asking, remoteOf } = await import('../remote/open-remote.ts')
    const remote = await remoteOf(words[0] ?? '', io.env)
    const ask = await asking()
    await remote.connect(ask)
    // A folder of the user's own: a socket's mode alone does not keep others out everywhere.
    const folder = mkdtempSync(join(io.env.XDG_RUNTIME_DIR ?? tmpdir(), 'pocker-tunnel-'))
    try {
      const local = await remote.serveSocket(join(folder, 'pocker.sock'), ask)
      await write(io.stdout, `unix://${join(folder, 'pocker.sock')}\n`)
      await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))
      local.close()
    } finally {
      remote.disconnect()
      rmSync(folder, { recursive: true, force: true })
    }
    return 0
  },
}
