/** Pages of several containers' logs, as one. */
import type { LogFeed } from './log-feed.ts'
import type { LogLine } from './log-line.ts'
import type { LogPlace, LogSource, PageRequest } from './log-source.ts'
import { byTime, earliest, latest } from './log-time.ts'
import type { LogPage } from './log-window.ts'

export interface FeedSource {
  readonly member: number
  readonly source: LogSource
}

/** Of the feeds that have a log. Errors: EngineError. */
export async function sourcesOf(feeds: readonly LogFeed[], signal: AbortSignal): Promise<readonly FeedSource[]> {
  const sources = await Promise.all(feeds.map(async (feed) => ({ member: feed.target.member, source: await feed.source(signal) })))
  return sources.flatMap(({ member, source }) => (source === undefined ? [] : [{ member, source }]))
}

/** The last lines before a place. */
export async function pageBefore(sources: readonly FeedSource[], place: LogPlace, request: PageRequest): Promise<LogPage> {
  const pages = await Promise.all(sources.map(({ member, source }) => source.before(placeOf(place, member), request)))
  const [only] = pages
  if (only !== undefined && pages.length === 1) return only
  // What is older than the oldest line of a page that has more before it would leave a hole there.
  const from = latest(pages.flatMap(({ lines, isBegin }) => (isBegin ? [] : lines.slice(0, 1))))
  const lines = merged(pages).filter(({ time }) => time >= from)
  const kept = lines.slice(-request.count)
  return { lines: kept, isBegin: kept.length === lines.length && pages.every(({ isBegin }) => isBegin), isEnd: false }
}

/** The first lines from a place on, or from the beginning. */
export async function pageAfter(sources: readonly FeedSource[], place: LogPlace | undefined, request: PageRequest): Promise<LogPage> {
  const pages = await Promise.all(
    sources.map(({ member, source }) => (place === undefined ? source.begin(request) : source.after(placeOf(place, member), request))),
  )
  const [only] = pages
  if (only !== undefined && pages.length === 1) return only
  const until = earliest(pages.flatMap(({ lines, isEnd }) => (isEnd ? [] : [latest(lines)])))
  const lines = until === undefined ? merged(pages) : merged(pages).filter(({ time }) => time <= until)
  const kept = lines.slice(0, request.count)
  return { lines: kept, isBegin: place === undefined, isEnd: kept.length === lines.length && until === undefined }
}

function placeOf({ line, time, known }: LogPlace, member: number): LogPlace {
  return { ...(line?.member === member ? { line } : {}), time, known: known.filter((each) => each.member === member) }
}

function merged(pages: readonly LogPage[]): readonly LogLine[] {
  return pages.flatMap(({ lines }) => lines).sort(byTime)
}
