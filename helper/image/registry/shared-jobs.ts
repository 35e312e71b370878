/** Work that several may want at once and that is done once. */
import { cancelled } from './registry-error.ts'

export interface Participant<N> {
  readonly signal: AbortSignal
  /** What there is to tell; who comes later starts with the last news. */
  readonly onNews: (news: N) => void
}

export interface SharedJobs<N, T> {
  /**
   * Takes part in the work of that key, which is begun if nobody does it yet. It ends by its signal when the last participant has gone;
   * one that goes alone gets `cancelled`.
   */
  run(key: string, participant: Participant<N>, work: (signal: AbortSignal, tell: (news: N) => void) => Promise<T>): Promise<T>
}

interface Job<N, T> {
  readonly result: Promise<T>
  readonly participants: Set<Participant<N>>
  readonly abort: AbortController
  news: N | undefined
}

/** No jobs yet. */
export function makeSharedJobs<N, T>(): SharedJobs<N, T> {
  const jobs = new Map<string, Job<N, T>>()

  function begin(key: string, work: (signal: AbortSignal, tell: (news: N) => void) => Promise<T>): Job<N, T> {
    const abort = new AbortController()
    const participants = new Set<Participant<N>>()
    const tell = (news: N) => {
      job.news = news
      for (const { onNews } of participants) onNews(news)
    }
    const job: Job<N, T> = { participants, abort, news: undefined, result: Promise.resolve().then(() => work(abort.signal, tell)) }
    jobs.set(key, job)
    const end = () => {
      if (jobs.get(key) === job) jobs.delete(key)
    }
    job.result.then(end, end)
    return job
  }

  return {
    run(key, participant, work) {
      const known = jobs.get(key)
      // One that is ending because everybody has left is no work to join.
      const job = known === undefined || known.abort.signal.aborted ? begin(key, work) : known
      job.participants.add(participant)
      if (job.news !== undefined) participant.onNews(job.news)
      return new Promise((resolve, reject) => {
        const leave = () => {
          job.participants.delete(participant)
          if (job.participants.size > 0) {
            reject(cancelled('wait for a transfer'))
            return
          }
          // The last one waits until all is cleaned up.
          job.abort.abort()
        }
        if (participant.signal.aborted) leave()
        participant.signal.addEventListener('abort', leave, { once: true })
        job.result.then(resolve, reject).finally(() => participant.signal.removeEventListener('abort', leave))
      })
    },
  }
}
