import { join } from 'node:path'
import type { Architecture } from './native-files.ts'

/** Where the program for an architecture lies, here and in the extension's folder. */
export function payloadFolder(architecture: Architecture): string {
  return join(import.meta.dirname, '../dist/helper', `linux-${architecture}`)
}
