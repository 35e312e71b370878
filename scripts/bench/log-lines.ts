/** How a log view finds its lines in a log of 1 GB: opening it, paging back, and searching for a word that is at its very beginning. */
import { setTimeout as sleep } from 'node:timers/promises'
import { logPageSchema } from '../../helper/api/log.ts'
import type { TestHelper } from '../../test/support/helper.ts'
import { countHelper } from '../../test/support/leaks.ts'
import { ask, createContainer, ping } from './ours.ts'
import { printTable, Samples } from './samples.ts'

const SIZE = 1 << 30
const RARE = 'needle-in-the-log'

export interface LogFigures {
  /** Milliseconds to the last 10,000 lines, read and parsed. */
  readonly open: number
  /** Milliseconds to the 1,000 lines before a page, the slowest of a hundred but five. */
  readonly page: number
  /** Milliseconds through the whole log. */
  readonly search: number
  /** Milliseconds that another request waited while a search went on: the slowest but one in a hundred. */
  readonly wait: number
  /** Megabytes that the helper grew by. */
  readonly memory: number
}

/** Writes such a log in a container, and reads it. */
export async function measureLogLines(helper: TestHelper): Promise<LogFigures> {
  const container = await createContainer(helper, ['/bin/sh', '-c', `echo ${RARE}; probe write-bytes ${SIZE}`])
  await ask(helper, 'POST', `/containers/${container}/start`)
  await ask(helper, 'POST', `/containers/${container}/wait`)
  try {
    return await measure(helper, `/pocker/containers/${container}/log`)
  } finally {
    await ask(helper, 'DELETE', `/containers/${container}?force=1`)
  }
}

async function measure(helper: TestHelper, path: string): Promise<LogFigures> {
  const before = countHelper(helper.pid()).resident
  const open = new Samples('the last 10,000 lines')
  const page = new Samples('1,000 lines before those, a hundred times')
  const search = new Samples('a rare word, as it is written')
  const anyCase = new Samples('a rare word, in any case')
  let position = ''
  for (let count = 0; count < 5; count++) position = (await timed(open, () => readPage(helper, `${path}?lines=10000`))).before ?? ''
  for (let count = 0; count < 100; count++) {
    const place = position
    position = (await timed(page, () => readPage(helper, `${path}?lines=1000&before=${place}`))).before ?? ''
  }
  const others = { samples: new Samples('an empty request meanwhile'), done: false }
  const watching = watch(helper, others)
  for (let count = 0; count < 3; count++) {
    await timed(search, () => find(helper, `${path}/search?text=${RARE}`))
    await timed(anyCase, () => find(helper, `${path}/search?text=${RARE.toUpperCase()}&case=ignore`))
  }
  others.done = true
  await watching
  printTable('7. a log of 1 GB, 16 million lines (ms)', [open, page, search, anyCase, others.samples])
  return {
    open: open.quantile(0.5),
    page: page.quantile(0.95),
    search: search.quantile(0.5),
    wait: others.samples.quantile(0.99),
    memory: (countHelper(helper.pid()).resident - before) / 1024,
  }
}

async function timed<T>(samples: Samples, work: () => Promise<T>): Promise<T> {
  const begin = performance.now()
  const result = await work()
  samples.add(performance.now() - begin)
  return result
}

async function readPage(helper: TestHelper, path: string) {
  return logPageSchema.parse(await ask(helper, 'GET', path))
}

async function find(helper: TestHelper, path: string): Promise<void> {
  const message = await helper.client.open('GET', path)
  let text = ''
  for await (const piece of message) text += String(piece)
  if (text.split('\n').filter((line) => line.includes(RARE)).length !== 1) throw new Error(`search ${path}: ${text.slice(0, 500)}`)
}

/** Asks something small all the time. */
async function watch(helper: TestHelper, others: { readonly samples: Samples; done: boolean }): Promise<void> {
  while (!others.done) {
    others.samples.add(await ping(helper))
    await sleep(5)
  }
}
