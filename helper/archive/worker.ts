/**
 * The child's program: reads one job, does it, answers and ends. All modules are loaded by now, for afterwards there is no file system to
 * load them from. Each job function confines the process (`confine.ts`) before it touches what is not trusted.
 */
import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { PockerError } from '../api/errors.ts'
import { call } from '../linux/call.ts'
import { answer } from './answers.ts'
import { dieWithParent } from './confine.ts'
import { JOB } from './descriptors.ts'
import { mountDeviceJob } from './mount-device-job.ts'
import { packLayerJob, packRootJob } from './pack-tree-job.ts'
import { readPathJob, statPathJob } from './read-path-job.ts'
import { unpackLayerJob } from './unpack-job.ts'
import { writePathJob } from './write-path-job.ts'

/** A job of one kind: its fields as they came (to be checked), and what it results in. */
export type JobFunction = (job: Readonly<Record<string, unknown>>) => unknown

const jobs: Readonly<Record<string, JobFunction>> = {
  'unpack-layer': unpackLayerJob,
  'write-path': writePathJob,
  'pack-root': packRootJob,
  'pack-layer': packLayerJob,
  'read-path': readPathJob,
  'stat-path': statPathJob,
  'mount-device': mountDeviceJob,
}

async function main(): Promise<void> {
  dieWithParent()
  process.umask(0)
  // The event loop enters its descriptors into epoll by io_uring, on its first turn. Afterwards the filter refuses that, and libuv aborts.
  await setImmediate()
  try {
    const job: unknown = JSON.parse(readFileSync(JOB, 'utf8'))
    const fields = { kind: undefined, ...Object(job) }
    const run = Object.hasOwn(jobs, String(fields.kind)) ? jobs[String(fields.kind)] : undefined
    if (run === undefined) throw new Error(`there is no archive job '${String(fields.kind)}'`)
    answer({ result: (await run(fields)) ?? null })
  } catch (error) {
    answer({ error: describe(error) })
  }
}

function describe(error: unknown): Record<string, unknown> {
  if (error instanceof PockerError) return { kind: error.kind, code: error.code, message: error.message, hint: error.hint }
  const [message, cause] = error instanceof Error ? [error.message, error.stack] : [String(error), undefined]
  return { kind: 'Internal', code: 'archive-failed', message: `do archive work: ${message}`, cause }
}

await main()
// What is left, a decompressor's thread or an unread pipe, has no more to say. Not by Node: its event loop would tidy up by io_uring.
call('exit_group', [0], 'process')
