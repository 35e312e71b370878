/** The host's processor time, to measure a container's against. */
import { closeSync, openSync } from 'node:fs'
import { readWhole } from './read-whole.ts'

export interface SystemCpu {
  /** Nanoseconds that all CPUs together have spent, idle ones included. */
  readonly usage: number
  readonly online: number
}

// Linux counts in USER_HZ here, 100 per second on every architecture that Pocker runs on.
const NANOSECONDS_PER_TICK = 10_000_000

/**
 * The processor time in the text of /proc/stat.
 * Docker adds up user, nice, system, idle, iowait, irq, softirq and steal; guest time is in user already.
 */
export function parseSystemCpu(text: string): SystemCpu {
  const total = /^cpu +([\d ]+)$/m.exec(text)?.[1] ?? ''
  const ticks = total
    .split(' ')
    .slice(0, 8)
    .reduce((sum, field) => sum + Number(field), 0)
  return { usage: ticks * NANOSECONDS_PER_TICK, online: text.match(/^cpu\d+ /gm)?.length ?? 1 }
}

/** Reads the host's processor time from a file kept open. One per helper: a round of samples shares one reading. */
export class SystemCpuReader {
  #descriptor: number

  constructor(file = '/proc/stat') {
    this.#descriptor = openSync(file, 'r')
  }

  read(): SystemCpu {
    return parseSystemCpu(readWhole(this.#descriptor))
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
