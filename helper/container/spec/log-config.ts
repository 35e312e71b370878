import type { HostConfig } from '../../api/host-config.ts'
import { invalid } from './refuse.ts'

export interface LogConfig {
  readonly driver: 'json-file' | 'local' | 'none'
  /** Bytes of one log file; absent: no limit. */
  readonly maxSize?: number
  /** How many of them are kept. */
  readonly maxFiles: number
}

// Understood by Docker's drivers and without effect on what Pocker keeps.
const IGNORED = new Set(['compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag', 'mode', 'max-buffer-size'])

// In the order of their powers of 1024.
const UNITS = ['', 'k', 'm', 'g', 't', 'p']

/**
 * Reads LogConfig: driver `json-file` (the default), `local` or `none`, options `max-size` and `max-file`.
 * Errors: `unknown-log-driver`, `unknown-log-option`, `bad-log-option`.
 */
export function parseLogConfig(config: HostConfig): LogConfig {
  const { Type = '', Config = {} } = config.LogConfig ?? {}
  const driver = Type === '' ? 'json-file' : Type
  if (driver !== 'json-file' && driver !== 'local' && driver !== 'none') {
    throw invalid('unknown-log-driver', `use log driver '${driver}': only json-file, local and none are there`)
  }
  for (const key of Object.keys(Config)) {
    if (key !== 'max-size' && key !== 'max-file' && !IGNORED.has(key)) {
      throw invalid('unknown-log-option', `use log option '${key}': the driver ${driver} does not know it`)
    }
  }
  const { 'max-size': size = '', 'max-file': files = '' } = Config
  if (files !== '' && !/^[1-9][0-9]{0,5}$/.test(files))
    throw invalid('bad-log-option', `use log option 'max-file=${files}': it must be at least 1`)
  return { driver, ...(size === '' || size === '-1' ? {} : { maxSize: parseSize(size) }), maxFiles: files === '' ? 1 : Number(files) }
}

// go-units' RAMInBytes: powers of 1024, the unit in any case, perhaps with b or ib behind it.
function parseSize(text: string): number {
  const [, digits = '', unit = ''] = /^([0-9]+(?:\.[0-9]+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text) ?? []
  const bytes = Math.floor(Number(digits) * 1024 ** UNITS.indexOf(unit.toLowerCase()))
  if (digits === '' || bytes < 1 || bytes > Number.MAX_SAFE_INTEGER) {
    throw invalid('bad-log-option', `use log option 'max-size=${text}': it must be a size such as 10m`)
  }
  return bytes
}
