/** A container's past: its runs, and its log line by line. */
import type { PastBackend } from '../../http/backend.ts'
import type { EngineContext } from '../context.ts'
import { requireLog } from './attach-container.ts'
import { livesOf } from './lives.ts'

/** What the HTTP layer asks of it. Errors: NotFound, NotImplemented `log-not-kept`, and those of the log's positions. */
export function pastBackend(context: EngineContext): PastBackend {
  const find = (id: string) => context.registry.find(id)
  const logOf = (id: string) => requireLog(find(id))
  return {
    lives: async (id) => livesOf(find(id)),
    logPage: async (id, options) => logOf(id).page(options),
    followLog: async (id, { after, signal }) => {
      const log = logOf(id)
      log.check(after)
      return log.follow(after, { ended: find(id).removed.signal, signal })
    },
    searchLog: async (id, search, signal) => {
      const log = logOf(id)
      log.check(search.before)
      return log.search(search, signal)
    },
  }
}
