import type { EngineEvent } from '../../api/system.ts'
import type { Command } from '../command.ts'
import { harmless } from '../failure.ts'
import { rfc3339 } from '../format/local-time.ts'
import { compileTemplate } from '../format/template.ts'
import { parseMoment } from '../grammar/moment.ts'
import { answeredObject } from '../http/answers.ts'
import { readJsonLines } from '../http/json-lines.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

/** `pocker events` */
export const events: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'filter', short: 'f', kind: 'list', value: 'filter', help: 'Filter output based on conditions provided' },
    { name: 'format', kind: 'text', value: 'string', help: "'json', or a Go template" },
    { name: 'since', kind: 'text', value: 'string', help: 'Show all events created since a moment' },
    { name: 'until', kind: 'text', value: 'string', help: 'Stream events until this moment' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const format = flags.text('format') || undefined
    const print = format === undefined ? describe : inFormat(format)
    const moment = (text: string) => parseMoment(text, io.now())
    const query = { since: flags.parsed('since', moment), until: flags.parsed('until', moment), filters: filterQuery(flags) }
    const stream = await client.stream('GET', '/events', { query })
    for await (const { text, value } of readJsonLines(stream.body))
      await write(io.stdout, `${print(text, answeredObject<EngineEvent>(value))}\n`)
    return 0
  },
}

function inFormat(format: string): (text: string, event: EngineEvent) => string {
  if (format === 'json' || format === '{{json .}}') return (text) => text.trim()
  const template = compileTemplate(format)
  return (_, event) =>
    template({
      ...event,
      Status: event.status ?? '',
      ID: event.id ?? '',
      From: event.from ?? '',
      Time: event.time,
      TimeNano: event.timeNano,
      Scope: event.scope,
    })
}

function describe(text: string, event: EngineEvent): string {
  // The digits as written: a number would have lost the last of them.
  const nanoseconds = BigInt(/"timeNano":\s*(\d{1,19})\b/.exec(text)?.[1] ?? event.time * 1e9)
  const attributes = Object.entries(event.Actor.Attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const words = attributes.length === 0 ? '' : ` (${attributes.map(([name, value]) => `${name}=${value}`).join(', ')})`
  return harmless(`${rfc3339(nanoseconds)} ${event.Type} ${event.Action} ${event.Actor.ID}${words}`)
}
