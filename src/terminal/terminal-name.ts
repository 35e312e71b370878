import { posix } from 'node:path'
import { plainText } from '../text/plain-text.ts'

/** A tab's name, `web · sh`: both are the container's own words. */
export function terminalName(container: string, label: string): string {
  const name = plainText(container, 60)
  return label === '' ? name : `${name} · ${plainText(label, 30)}`
}

/** What a tab says of a command: its program. */
export function labelOf(command: readonly string[]): string {
  return posix.basename(command[0] ?? '')
}
