/** The lives of a container and of those that take its name after it: when each began and how it ended. */

export interface Life {
  readonly containerId: string
  /** Nanoseconds since 1970. */
  readonly startedAt?: bigint
  /** The start is known by its event alone, which comes a moment after it. */
  readonly isTold?: boolean
  readonly endedAt?: bigint
  readonly exitCode?: number
  readonly isOutOfMemory?: boolean
  /** Why it could not run, or why nobody knows how it ended: the engine's words. */
  readonly reason?: string
}

/** What an engine tells of a container. */
export interface LifeEvent {
  readonly kind: 'started' | 'ended' | 'out-of-memory' | 'removed'
  readonly containerId: string
  readonly time: bigint
  readonly exitCode?: number
}

/** A line of the document that says what became of the container. Its place is before the first line written at `time` or later. */
export interface Rule {
  readonly kind: 'started' | 'restarted' | 'ended' | 'removed' | 'made-anew'
  readonly time: bigint
  /** The moment that is shown. */
  readonly shownTime: bigint
  /** Nothing is known to have come after it. */
  readonly isLast: boolean
  readonly exitCode?: number
  readonly isOutOfMemory?: boolean
  readonly reason?: string
}

const FACTS = ['endedAt', 'exitCode', 'isOutOfMemory', 'reason'] as const
/** Between an end and a start that far apart somebody was away: they are two rules. */
const RESTART_WITHIN = 60_000_000_000n
/** So late an engine may take a container's last lines, or tell of a start: a rule's place is that far from the moment, or half way between both. */
const LATE = 100_000_000n
/** Events may be told in whole milliseconds. */
const PRECISION = 2_000_000n
const TOLD_WITHIN = 1_000_000_000n
/** A container that ends once a second for a day; the oldest are forgotten. */
const MOST = 1000

export class Lives {
  #lives: Life[] = []
  readonly #removed = new Map<string, bigint>()
  /** Killed for memory in the life that has not ended yet. */
  readonly #outOfMemory = new Set<string>()

  get all(): readonly Life[] {
    return this.#lives
  }

  /** The container that has the name, as far as known. */
  get last(): Life | undefined {
    return this.#lives.at(-1)
  }

  isRemoved(containerId: string): boolean {
    return this.#removed.has(containerId)
  }

  /** Learns from an event. Events may be told twice. Returns whether it was news. */
  apply({ kind, containerId, time, exitCode }: LifeEvent): boolean {
    switch (kind) {
      case 'started':
        return this.#start(containerId, time)
      case 'out-of-memory':
        this.#outOfMemory.add(containerId)
        return false
      case 'ended':
        return this.#end(containerId, time, exitCode)
      case 'removed':
        if (this.#removed.has(containerId)) return false
        this.#removed.set(containerId, time)
        return true
    }
  }

  /** Learns from what an engine says when it is asked, which may be of the latest life only. Returns whether it was news. */
  sync({ containerId, startedAt, endedAt, exitCode, isOutOfMemory, reason }: Life): boolean {
    if (startedAt === undefined) return false
    const known = this.#find({ containerId, startedAt })
    const life = known === -1 ? undefined : this.#lives[known]
    const isOver = endedAt !== undefined && endedAt >= startedAt
    const next: Life = {
      containerId,
      startedAt,
      ...(isOver ? { endedAt: life?.endedAt ?? endedAt, ...(exitCode === undefined ? {} : { exitCode }) } : {}),
      ...(isOver && isOutOfMemory === true ? { isOutOfMemory } : {}),
      ...(isOver && reason !== undefined ? { reason } : {}),
    }
    if (life === undefined) {
      // What was running when it was last looked at has ended since, and nobody told.
      const before = this.#lives.at(-1)
      if (
        before !== undefined &&
        before.endedAt === undefined &&
        before.containerId === containerId &&
        (before.startedAt ?? 0n) < startedAt
      )
        this.#lives.splice(-1, 1, { ...before, endedAt: endedAt !== undefined && endedAt < startedAt ? endedAt : startedAt })
      this.#add(next)
      return true
    }
    // An event may have told more than an engine knows that has taken the container over.
    const { isTold: _, ...told } = life
    const merged: Life = { ...told, ...next }
    this.#lives[known] = merged
    return FACTS.some((fact) => merged[fact] !== life[fact])
  }

  /** When the life that a moment lies in began. */
  beginOf(time: bigint): bigint | undefined {
    return this.#lives.findLast((life) => life.startedAt !== undefined && life.startedAt <= time)?.startedAt ?? this.#lives[0]?.startedAt
  }

  /** In the order of their times. */
  rules(): readonly Rule[] {
    return this.#lives.flatMap((life, index) => this.#rulesAfter(life, this.#lives[index + 1]))
  }

  #rulesAfter({ containerId, endedAt, exitCode, isOutOfMemory, reason }: Life, next: Life | undefined): Rule[] {
    const told = this.#removed.get(containerId)
    // Of a container that is removed while it runs both are told at once.
    const removedAt = told !== undefined && endedAt !== undefined && endedAt > told ? endedAt : told
    const how = {
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(isOutOfMemory === true ? { isOutOfMemory } : {}),
      ...(reason === undefined ? {} : { reason }),
    }
    const begin = next?.startedAt
    const isSame = next?.containerId === containerId
    const isLast = next === undefined
    const gap = endedAt === undefined || begin === undefined ? undefined : begin > endedAt ? begin - endedAt : 0n
    const late = gap !== undefined && gap / 2n < LATE ? gap / 2n : LATE
    if (endedAt !== undefined && begin !== undefined && isSame && begin - endedAt < RESTART_WITHIN)
      return [{ kind: 'restarted', time: endedAt + late, shownTime: begin, isLast, ...how }]
    // A name is free before an engine tells of the removal, so the next container may have begun by then: it ends what was before it.
    const place = (moment: bigint) => earlier(moment + late, begin === undefined ? undefined : begin - late)
    const rules: Rule[] = []
    if (endedAt !== undefined) rules.push({ kind: 'ended', time: place(endedAt), shownTime: endedAt, isLast, ...how })
    if (removedAt !== undefined) rules.push({ kind: 'removed', time: place(removedAt), shownTime: earlier(removedAt, begin), isLast })
    if (begin !== undefined) rules.push({ kind: isSame ? 'started' : 'made-anew', time: begin - late, shownTime: begin, isLast })
    return rules
  }

  #start(containerId: string, time: bigint): boolean {
    this.#outOfMemory.delete(containerId)
    if (this.#find({ containerId, startedAt: time, isTold: true }) !== -1) return false
    this.#add({ containerId, startedAt: time, isTold: true })
    return true
  }

  #end(containerId: string, time: bigint, exitCode: number | undefined): boolean {
    const isOutOfMemory = this.#outOfMemory.delete(containerId)
    const index = this.#lives.findLastIndex((life) => life.containerId === containerId && (life.startedAt ?? 0n) <= time)
    const life = index === -1 ? { containerId } : this.#lives[index]
    // An end that was learnt from the next start, before its event came, has no exit code yet.
    if (life === undefined || (life.endedAt !== undefined && (life.exitCode !== undefined || exitCode === undefined))) return false
    const ended: Life = {
      ...life,
      endedAt: earlier(time, life.endedAt),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(isOutOfMemory ? { isOutOfMemory } : {}),
    }
    if (index === -1) this.#add(ended)
    else this.#lives[index] = ended
    return true
  }

  /** The life that began at that start. */
  #find({ containerId, startedAt, isTold = false }: Life & { readonly startedAt: bigint }): number {
    return this.#lives.findLastIndex((life) => {
      if (life.containerId !== containerId || life.startedAt === undefined) return false
      const later = life.startedAt > startedAt ? life.startedAt : startedAt
      if (life.endedAt !== undefined && life.endedAt < later) return false
      if (isTold === (life.isTold === true)) return isTold ? near(life.startedAt - startedAt, PRECISION) : life.startedAt === startedAt
      const delay = isTold ? startedAt - life.startedAt : life.startedAt - startedAt
      return delay > -PRECISION && delay < TOLD_WITHIN
    })
  }

  #add(life: Life): void {
    this.#lives.push(life)
    this.#lives.sort((one, other) => Number((one.startedAt ?? one.endedAt ?? 0n) - (other.startedAt ?? other.endedAt ?? 0n)))
    if (this.#lives.length > MOST) this.#lives.shift()
  }
}

function earlier(time: bigint, other: bigint | undefined): bigint {
  return other !== undefined && other < time ? other : time
}

function near(difference: bigint, limit: bigint): boolean {
  return difference < limit && difference > -limit
}
