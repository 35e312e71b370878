/** Times of one kind of operation, in milliseconds, and what is told of them. */
export class Samples {
  readonly name: string
  private readonly values: number[] = []

  constructor(name: string) {
    this.name = name
  }

  add(milliseconds: number): void {
    this.values.push(milliseconds)
  }

  /** The value below which `share` (0 to 1) of the samples lie; not a number when there are none. */
  quantile(share: number): number {
    const sorted = this.values.toSorted((left, right) => left - right)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  }

  get count(): number {
    return this.values.length
  }
}

/** One thing to be timed: does it once and resolves to the milliseconds it took. */
export interface Contestant {
  readonly samples: Samples
  readonly once: () => Promise<number>
}

/** Lets all contestants take turns, so that a slow moment of the machine hits each of them alike. The first `warmUp` rounds do not count. */
export async function takeTurns(contestants: readonly Contestant[], options: { rounds: number; warmUp: number }): Promise<void> {
  for (let round = -options.warmUp; round < options.rounds; round++) {
    for (const contestant of contestants) {
      const time = await contestant.once()
      if (round >= 0) contestant.samples.add(time)
    }
  }
}

/** Prints a title and one row for each: p50, p95, p99 in milliseconds and the ratio of its p50 to the first row's. */
export function printTable(title: string, rows: readonly Samples[]): void {
  const [first] = rows
  if (first === undefined) return
  console.log(`\n${title}`)
  console.log(formatRow('', ['p50', 'p95', 'p99', 'ours/it', 'n']))
  for (const row of rows) {
    const ratio = row === first ? '' : (first.quantile(0.5) / row.quantile(0.5)).toFixed(3)
    const times = [0.5, 0.95, 0.99].map((share) => row.quantile(share).toFixed(2))
    console.log(formatRow(row.name, [...times, ratio, String(row.count)]))
  }
}

function formatRow(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(44)}${cells.map((cell) => cell.padStart(10)).join('')}`
}
