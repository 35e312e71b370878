/** The long works that are going on, each of which answers a request in the end. */
import { PockerError } from '../../api/errors.ts'
import type { Outcome, Work } from './work.ts'

export interface Answers {
  done(id: number, outcome: Outcome<unknown>): void
  failed(id: number, error: unknown): void
}

export class Works {
  private readonly answers: Answers
  private readonly works = new Map<number, Work<Outcome<unknown>>>()
  private readonly stopping = new Set<number>()

  constructor(answers: Answers) {
    this.answers = answers
  }

  get isEmpty(): boolean {
    return this.works.size === 0
  }

  /** `id` is the number of the request. */
  add(id: number, work: Work<Outcome<unknown>>): void {
    this.works.set(id, work)
  }

  /** Does steps of each in turn, for so many milliseconds. */
  step(milliseconds: number): void {
    const end = performance.now() + milliseconds
    while (this.works.size > 0 && performance.now() < end) {
      for (const [id, work] of this.works) this.advance(id, () => work.next())
    }
  }

  /** Has one undo what it did. That may take steps as well, and is not to be stopped. */
  cancel(id: number): void {
    const work = this.works.get(id)
    if (work === undefined || this.stopping.has(id)) return
    this.stopping.add(id)
    this.advance(id, () => work.throw(new PockerError('Cancelled', 'serve files: it was cancelled', { code: 'cancelled' })))
  }

  /** Has all of them undo what they did, to the end. */
  cancelAll(): void {
    for (const id of this.works.keys()) this.cancel(id)
    while (this.works.size > 0) this.step(Number.POSITIVE_INFINITY)
  }

  private advance(id: number, step: () => IteratorResult<undefined, Outcome<unknown>>): void {
    try {
      const result = step()
      if (result.done !== true) return
      this.answers.done(id, result.value)
    } catch (error) {
      this.answers.failed(id, error)
    }
    this.works.delete(id)
    this.stopping.delete(id)
  }
}
