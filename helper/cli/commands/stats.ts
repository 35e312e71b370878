import type { ContainerSummary } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { StatsSample } from '../../api/stats.ts'
import type { EngineEvent } from '../../api/system.ts'
import type { Command, CommandContext } from '../command.ts'
import { ANY } from '../command.ts'
import { formatList } from '../format/list.ts'
import { STATS_COLUMNS, STATS_HEADINGS, statsRow } from '../format/stats-row.ts'
import { answeredList, answeredObject } from '../http/answers.ts'
import { readJsonLines } from '../http/json-lines.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'

const REFRESH = 500
const TO_TOP = '\u001b[H'
const CLEAR_LINE = '\u001b[K'
const CLEAR_REST = '\u001b[J'

type Samples = Map<string, StatsSample | undefined>

/** `pocker stats` */
export const stats: Command = {
  usage: '[OPTIONS] [CONTAINER...]',
  flags: [
    { name: 'all', short: 'a', kind: 'switch', help: 'Show all containers (default shows just running)' },
    { name: 'format', kind: 'text', value: 'string', help: "'table', 'table TEMPLATE', 'json', or a Go template" },
    { name: 'no-stream', kind: 'switch', help: 'Print the first result only' },
    { name: 'no-trunc', kind: 'switch', help: 'Do not truncate output' },
  ],
  words: { least: 0, most: ANY },
  run: (context) => (context.flags.on('no-stream') ? showOnce(context) : showLive(context)),
}

async function showOnce(context: CommandContext): Promise<number> {
  const names = await namesOf(context)
  const samples: Samples = new Map()
  await Promise.all(names.map(async (name) => samples.set(name, await oneSample(context, name))))
  await write(context.io.stdout, table(context, new Map(names.map((name) => [name, samples.get(name)]))))
  return 0
}

async function oneSample({ client, words }: CommandContext, name: string): Promise<StatsSample | undefined> {
  try {
    return answeredObject<StatsSample>(await client.json('GET', containerPath(name, 'stats'), { query: { stream: '0' } }))
  } catch (error) {
    // One from the list may have gone in the meantime; one that was asked for by name is missed.
    if (error instanceof PockerError && error.kind === 'NotFound' && words.length === 0) return undefined
    throw error
  }
}

async function showLive(context: CommandContext): Promise<number> {
  const { io, words } = context
  const samples: Samples = new Map()
  const failed = Promise.withResolvers<never>()
  const follow = (name: string) => {
    if (samples.has(name)) return
    samples.set(name, undefined)
    followContainer(context, name, samples).catch(failed.reject)
  }
  // Events first: a container that starts while the list is made is in one of the two.
  if (words.length === 0) await followEvents(context, follow, failed.reject)
  for (const name of await namesOf(context)) follow(name)
  const show = () => write(io.stdout, TO_TOP + table(context, samples).replaceAll('\n', `${CLEAR_LINE}\n`) + CLEAR_REST)
  const timer = setInterval(show, REFRESH)
  try {
    return await failed.promise
  } catch (error) {
    if (error instanceof PockerError && error.code === 'connection-closed') return 0
    throw error
  } finally {
    clearInterval(timer)
  }
}

async function followContainer({ client, words }: CommandContext, name: string, samples: Samples): Promise<void> {
  try {
    const stream = await client.stream('GET', containerPath(name, 'stats'), { query: { stream: true } })
    for await (const { value } of readJsonLines(stream.body)) samples.set(name, answeredObject<StatsSample>(value))
  } catch (error) {
    if (!(error instanceof PockerError) || error.kind !== 'NotFound' || words.length > 0) throw error
  }
  if (words.length === 0) samples.delete(name)
  else samples.set(name, undefined)
}

async function followEvents(
  { client, flags }: CommandContext,
  follow: (name: string) => void,
  fail: (error: unknown) => void,
): Promise<void> {
  const actions = flags.on('all') ? ['create', 'start'] : ['start']
  const filters = JSON.stringify({ type: ['container'], event: actions })
  const stream = await client.stream('GET', '/events', { query: { filters } })
  const read = async () => {
    for await (const { value } of readJsonLines(stream.body)) follow(answeredObject<EngineEvent>(value).Actor.ID.slice(0, 12))
  }
  read().catch(fail)
}

async function namesOf({ client, flags, words }: CommandContext): Promise<readonly string[]> {
  if (words.length > 0) return [...new Set(words)]
  const containers = answeredList<ContainerSummary>(await client.json('GET', '/containers/json', { query: { all: flags.on('all') } }))
  return containers.map((container) => container.Id.slice(0, 12))
}

function table({ flags }: CommandContext, samples: ReadonlyMap<string, StatsSample | undefined>): string {
  const rows = [...samples].map(([name, sample]) => statsRow(name, sample, { truncate: !flags.on('no-trunc') }))
  return formatList(rows, { format: flags.text('format') || undefined, columns: STATS_COLUMNS, headings: STATS_HEADINGS })
}
