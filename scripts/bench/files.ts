/** How fast files of a container are looked at, read and written over the socket, beside the ways that need a program or a process each. */
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { TestHelper } from '../../test/support/helper.ts'
import { ask, createContainer, execIn, ping } from './ours.ts'
import { type Contestant, printTable, Samples, takeTurns } from './samples.ts'

/** In memory there, so that the way is measured and not the disk. */
const LARGE_PATH = '/dev/shm/large'
const LARGE = 32 << 20
const SMALL = 4 << 10
const ENTRIES = 200

export interface FileFigures {
  /** Milliseconds, p50. */
  readonly firstAccess: number
  readonly stat: number
  readonly list: number
  readonly read: number
  readonly write: number
  /** Megabytes a second. */
  readonly readSpeed: number
  readonly writeSpeed: number
  /** Megabytes of the process that serves (PSS). */
  readonly memory: number
}

/** Prints the tables. */
export async function measureFiles(helper: TestHelper): Promise<FileFigures> {
  const id = await createContainer(helper, ['/bin/probe', 'sleep-forever'])
  await ask(helper, 'POST', `/containers/${id}/start`)
  const place = `/pocker/containers/${id}/files`
  const content = (path: string) => `${place}/content?create=1&overwrite=1&path=${path}`
  for (let index = 0; index < ENTRIES; index++) await send(helper, 'PUT', content(`/tmp/file-${index}`), Buffer.alloc(SMALL))

  const timed = (name: string, once: () => Promise<unknown>): Contestant => ({ samples: new Samples(name), once: () => milliseconds(once) })
  const stat = timed('pocker: stat', () => ask(helper, 'GET', `${place}/stat?path=/tmp/file-7`))
  const list = timed(`pocker: list ${ENTRIES} files with what they are`, () => ask(helper, 'GET', `${place}/list?path=/tmp`))
  const read = timed('pocker: read 4 kB', () => send(helper, 'GET', `${place}/content?path=/tmp/file-7`))
  const write = timed('pocker: save 4 kB', () => send(helper, 'PUT', content('/tmp/file-7'), Buffer.alloc(SMALL)))
  const empty = timed('pocker: empty request (_ping)', () => ping(helper))
  const head = timed('docker cp: stat (HEAD archive), a process each', () =>
    send(helper, 'HEAD', `/containers/${id}/archive?path=/tmp/file-7`),
  )
  const archive = timed('docker cp: read 4 kB', () => send(helper, 'GET', `/containers/${id}/archive?path=/tmp/file-7`))
  const shell = timed(`exec of sh and stat in the container: list ${ENTRIES}`, () =>
    execIn(helper, id, ['sh', '-c', 'stat -c "%f %u %g %s %Y %n" /tmp/*']),
  )
  await takeTurns([stat, list, read, write, empty], { rounds: 500, warmUp: 50 })
  // By themselves: whoever comes after a process that has ended pays for what it left in the caches.
  await takeTurns([head, archive, shell], { rounds: 60, warmUp: 5 })
  printTable(
    '9. files of a running container (ms)',
    [stat, list, read, write, empty, head, archive, shell].map(({ samples }) => samples),
  )

  const memory = servingMemory(id)
  const large = Buffer.alloc(LARGE)
  const writeLarge = timed('write', () => send(helper, 'PUT', content(LARGE_PATH), large))
  const readLarge = timed('read', () => send(helper, 'GET', `${place}/content?path=${LARGE_PATH}`))
  await takeTurns([writeLarge, readLarge], { rounds: 20, warmUp: 2 })
  await ask(helper, 'DELETE', `/containers/${id}?force=1`)
  const first = await measureFirst(helper)
  const p50 = ({ samples }: Contestant) => samples.quantile(0.5)
  const [readSpeed, writeSpeed] = [LARGE / 1e3 / p50(readLarge), LARGE / 1e3 / p50(writeLarge)]
  console.log(`  reads ${readSpeed.toFixed(0)} MB/s, writes ${writeSpeed.toFixed(0)} MB/s; first access ${first.toFixed(0)} ms`)
  console.log(`  the process that serves: ${memory.toFixed(1)} MB (PSS)`)
  return {
    firstAccess: first,
    stat: p50(stat),
    list: p50(list),
    read: p50(read),
    write: p50(write),
    readSpeed,
    writeSpeed,
    memory,
  }
}

/** Of containers that nobody has looked at. */
async function measureFirst(helper: TestHelper): Promise<number> {
  const first: Contestant = {
    samples: new Samples('first'),
    once: async () => {
      const id = await createContainer(helper, ['/bin/probe', 'sleep-forever'])
      await ask(helper, 'POST', `/containers/${id}/start`)
      const time = await milliseconds(() => ask(helper, 'GET', `/pocker/containers/${id}/files/stat?path=/`))
      await ask(helper, 'DELETE', `/containers/${id}?force=1`)
      return time
    },
  }
  await takeTurns([first], { rounds: 15, warmUp: 2 })
  return first.samples.quantile(0.5)
}

async function milliseconds(once: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await once()
  return performance.now() - begin
}

/** Sends a body, reads the answer and throws it away. Errors: any status from 400 on. */
function send(helper: TestHelper, method: string, path: string, body?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ socketPath: helper.socket, method, path, agent: false }, (answer) => {
      if ((answer.statusCode ?? 0) >= 400) reject(new Error(`${method} ${path}: ${answer.statusCode}`))
      answer.resume().once('end', resolve).once('error', reject)
    })
      .once('error', reject)
      .end(body)
  })
}

function servingMemory(id: string): number {
  const pid = readdirSync('/proc').find((each) => commandOf(each).startsWith(`pocker-files container ${id}`))
  if (pid === undefined) throw new Error('measure files: no process serves them')
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024
}

function commandOf(pid: string): string {
  try {
    return /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
  } catch {
    return '' // ended meanwhile
  }
}
