/** The document of an open log. */
import { footNotes, headNotes, type NoteFacts } from './log-notes.ts'
import type { LogSession } from './log-session.ts'
import { type LogText, logText } from './log-text.ts'
import { byTime } from './log-time.ts'
import { ruleText } from './rule-text.ts'
import { stampFormat } from './shown-time.ts'

/** After all times: the year 2262. */
const FOREVER = (1n << 63n) - 1n

/** Writes it as it is now. */
export function sessionText(
  { window, feeds, options, isSettled }: LogSession,
  { words, now }: { words: (error: unknown) => string; now: number },
): LogText {
  const isOne = feeds.length === 1
  // Rules alone, for the moment until the first lines come, would look as if there were none.
  const rules = (isSettled ? feeds : [])
    .flatMap(({ lives, target }) =>
      lives.rules().map((rule) => ({
        ...rule,
        // All lines of a container that has ended come before its end, whatever their times are.
        time: isOne && rule.isLast ? FOREVER : rule.time,
        text: ruleText(rule, { now, ...(isOne ? {} : { name: target.name }) }),
      })),
    )
    .sort(byTime)
  const facts: NoteFacts = {
    isBegin: window.isBegin,
    firstTime: window.first?.time,
    createdAt: feeds.length === 1 ? feeds[0]?.createdAt : undefined,
    now,
    isEnd: window.isEnd,
    isEmpty: window.entries.length === 0 && window.open.length === 0 && rules.length === 0,
    filter: options.filter,
    feeds: feeds.map(({ target, state, lives }) => ({
      name: target.name,
      host: target.host,
      state,
      hasRemoval: lives.rules().some(({ kind }) => kind === 'removed'),
    })),
    words,
  }
  const width = Math.max(...feeds.map(({ target }) => target.name.length))
  return logText(
    { entries: window.entries, open: window.open, rules, isBegin: window.isBegin, isEnd: window.isEnd },
    {
      stamp: stampFormat(options.timestamps, (time) => feeds[0]?.lives.beginOf(time) ?? feeds[0]?.createdAt),
      prefixes: isOne ? [] : feeds.map(({ target }) => `${target.name.padEnd(width)} | `),
      head: headNotes(facts),
      foot: footNotes(facts),
    },
  )
}
