import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'

/** The folder that this program runs from, without links. */
export function ownProgram(): string {
  return dirname(realpathSync(process.argv[1] ?? ''))
}
