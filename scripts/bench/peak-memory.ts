import { readdirSync, readFileSync } from 'node:fs'

/** Megabytes, of a process and all its descendants together. */
export interface MemoryPeak {
  /** What they take of the machine: pages that several share count once (PSS). */
  readonly shared: number
  /** The sum of what each has for itself, Node's own program several times (RSS). */
  readonly resident: number
}

export interface MemoryWatch {
  stop(): void
  /** At the moment when they took the most. */
  peak(): MemoryPeak
}

const EVERY = 20

/** Looks every 20 ms, which costs the watched processes some time. */
export function watchMemory(pid: number): MemoryWatch {
  let peak: MemoryPeak = { shared: 0, resident: 0 }
  const look = (): void => {
    const now = memoryOfAll(pid)
    if (now.shared > peak.shared) peak = now
  }
  look()
  const timer = setInterval(look, EVERY)
  return { stop: () => clearInterval(timer), peak: () => peak }
}

function memoryOfAll(pid: number): MemoryPeak {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const megabytes = (name: string) => (Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024) / 1e6
    return childrenOf(pid)
      .map(memoryOfAll)
      .reduce((sum, { shared, resident }) => ({ shared: sum.shared + shared, resident: sum.resident + resident }), {
        shared: megabytes('Pss'),
        resident: megabytes('Rss'),
      })
  } catch {
    // Ended meanwhile.
    return { shared: 0, resident: 0 }
  }
}

function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number))
}
