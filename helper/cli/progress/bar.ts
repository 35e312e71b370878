import { humanSize } from '../format/human.ts'

/** Docker's `progressDetail`; other engines count other things than bytes too. */
export interface ProgressDetail {
  readonly current?: number
  readonly total?: number
  /** What is counted, when it is not bytes. */
  readonly units?: string
  readonly hidecounts?: boolean
}

/** Narrower terminals have no room for the bar. */
const BAR_NEEDS = 110
const CELLS = 50

/** How far the work is: bar and sizes, or less for a narrow terminal; empty when nothing is known. Follows jsonmessage's RenderTUIProgress. */
export function progressBar({ current = 0, total = 0, units = '', hidecounts = false }: ProgressDetail, width: number): string {
  if (current <= 0 && total <= 0) return ''
  if (total <= 0) return counted(current, units)
  const done = Math.min(Math.trunc(Math.trunc((current / total) * 100) / 2), CELLS)
  const bar = width > BAR_NEEDS ? `[${'='.repeat(Math.max(done, 0))}>${' '.repeat(Math.min(CELLS - done, CELLS))}] ` : ''
  if (hidecounts) return bar
  // A count beyond the total says that the total was wrong.
  if (current > total) return bar + counted(current, units)
  return `${bar}${units === '' ? `${padded(current)}/${humanSize(total)}` : `${current}/${total} ${units}`}`
}

function counted(current: number, units: string): string {
  return units === '' ? padded(current) : `${current} ${units}`
}

function padded(bytes: number): string {
  return humanSize(bytes).padStart(8)
}
