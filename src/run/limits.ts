/** Limits as people write them. */
import * as l10n from '@vscode/l10n'
import type { Checked } from '../text/checked.ts'

export interface Limits {
  /** Bytes. */
  readonly memory?: number
  readonly cpus?: number
  readonly processes?: number
}

const UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }
/** Docker's and Pocker's least: below it a container cannot even be started. */
const LEAST_MEMORY = 6 * 2 ** 20

/** Reads `512m`, `1.5 GB`, `4096 b`; units are powers of 1024. Empty is no limit. */
export function parseMemory(text: string): Checked<number | undefined> {
  const written = text.trim()
  if (written === '') return { value: undefined }
  const match = /^(\d{1,15}(?:\.\d{0,6})?|\.\d{1,6}) ?([kmgt]?)(?:i?b)?$/i.exec(written)
  if (match === null) return { problem: l10n.t('Write it as 512m or 2g.') }
  const bytes = Math.trunc(Number(match[1]) * (UNITS[match[2]?.toLowerCase() ?? ''] ?? 1))
  if (bytes < LEAST_MEMORY) return { problem: l10n.t('The least is 6m.') }
  if (!Number.isSafeInteger(bytes)) return { problem: l10n.t('That is more memory than there is.') }
  return { value: bytes }
}

/** Reads a number of processors, `0.5` or `2`. Empty is no limit. */
export function parseCpus(text: string): Checked<number | undefined> {
  const written = text.trim()
  if (written === '') return { value: undefined }
  const cpus = /^(?:\d{1,5}(?:\.\d{0,3})?|\.\d{1,3})$/.test(written) ? Number(written) : Number.NaN
  if (Number.isNaN(cpus)) return { problem: l10n.t('Write it as 0.5 or 2.') }
  if (cpus < 0.01) return { problem: l10n.t('The least is 0.01.') }
  return { value: cpus }
}

/** Reads how many processes there may be at once. Empty is the host's default. */
export function parseProcesses(text: string): Checked<number | undefined> {
  const written = text.trim()
  if (written === '') return { value: undefined }
  const count = /^\d{1,7}$/.test(written) ? Number(written) : 0
  return count > 0 ? { value: count } : { problem: l10n.t('Write a whole number, such as 100.') }
}

/** Bytes in the largest unit that needs no fraction, as `parseMemory` reads them: `512m`. */
export function memoryText(bytes: number): string {
  for (const [unit, size] of Object.entries(UNITS).reverse()) if (bytes % size === 0) return `${bytes / size}${unit}`
  return String(bytes)
}

/** For a row: `512m memory, 1.5 CPUs`; `none` without any. */
export function limitsText({ memory, cpus, processes }: Limits): string {
  const parts = [
    ...(memory === undefined ? [] : [l10n.t('{0} memory', memoryText(memory))]),
    ...(cpus === undefined ? [] : [cpus === 1 ? l10n.t('1 CPU') : l10n.t('{0} CPUs', cpus)]),
    ...(processes === undefined ? [] : [l10n.t('{0} processes', processes)]),
  ]
  return parts.length === 0 ? l10n.t('none') : parts.join(', ')
}
