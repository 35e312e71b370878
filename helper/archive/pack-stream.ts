/** Archives that are made in the archive process, as streams. */
import type { Readable } from 'node:stream'
import { type ArchiveJob, type ArchiveJobOptions, startArchiveJob } from './process.ts'

export interface PackJob {
  /** What the job reported first. */
  readonly facts: Promise<unknown>
  /** Ends with the job's error when it fails; destroying it ends the job. */
  readonly archive: Readable
}

/** Starts a job that writes an archive. Errors: as `startArchiveJob`. */
export function startPackJob(job: ArchiveJob, options: ArchiveJobOptions): PackJob {
  const { output, facts, result } = startArchiveJob(job, { ...options, stdout: 'stream' })
  // The archive ends with the same error.
  for (const each of [facts, result]) each.catch(() => undefined)
  // Reading begins at once, up to the stream's own bound: what a small job has written when it ends would be dropped if nobody did.
  output.read(0)
  return { facts, archive: output }
}
