/** Docker's and v1's numbers in the words of the control files. */

/** What v1's cpu.shares accepts. */
export const SHARES = { min: 2, max: 262144 } as const
/** Docker's range of the block I/O weight. */
export const BLOCK_WEIGHT = { min: 10, max: 1000 } as const
/** Microseconds: Docker's period for a number of CPUs, and the kernel's own default. */
export const CPU_PERIOD = 100_000

/**
 * cpu.weight (1–10000) of v1's cpu.shares (2–262144), by the curve that runc and crun use now:
 * it maps the default 1024 to the default 100, where the old straight line gave 39.
 */
export function sharesToWeight(shares: number): number {
  if (shares <= SHARES.min) return 1
  if (shares >= SHARES.max) return 10_000
  const l = Math.log2(shares)
  return Math.ceil(10 ** ((l * l + 125 * l) / 612 - 7 / 34))
}

/** io.weight (1–10000) of Docker's block I/O weight (10–1000): a straight line, as runc does. io.bfq.weight takes Docker's own number. */
export function blockWeightToIoWeight(weight: number): number {
  const span = BLOCK_WEIGHT.max - BLOCK_WEIGHT.min
  return 1 + Math.floor(((clamp(weight, BLOCK_WEIGHT.min, BLOCK_WEIGHT.max) - BLOCK_WEIGHT.min) * 9999) / span)
}

/** memory.swap.max in bytes of Docker's total of memory and swap; v2 counts swap alone. -1 is unlimited. */
export function swapMax(limits: { readonly limit: number; readonly swap: number }): string {
  if (limits.swap < 0 || limits.limit < 0) return 'max'
  return String(Math.max(0, limits.swap - limits.limit))
}

/** A count or a number of bytes for v2, where negative means no limit. */
export function orMax(value: number): string {
  return value < 0 ? 'max' : String(value)
}

/** cpu.max: microseconds of each period; a quota of 0 or less is no limit. */
export function cpuMax(limits: { readonly quota?: number; readonly period?: number }): string {
  const quota = limits.quota ?? 0
  return `${quota > 0 ? quota : 'max'} ${limits.period ?? CPU_PERIOD}`
}

/** The quota in microseconds per `CPU_PERIOD` of a number of CPUs in billionths, at least the kernel's minimum of 1 ms. */
export function nanoCpusToQuota(nanoCpus: number): number {
  return Math.max(1000, Math.floor((nanoCpus * CPU_PERIOD) / 1e9))
}

/** Docker's MemorySwap when none is given: as much swap as memory. */
export function defaultSwap(memory: number): number {
  return 2 * memory
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
