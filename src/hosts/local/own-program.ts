/** The helper's program that the extension brings along for this machine. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { anchorOf } from './anchors.ts'
import { type Payload, readPayload } from './payload.ts'
import { startError } from './start-error.ts'

/** Its folder, which holds `pocker`; undefined where there is none. */
export function ownProgramFolder(extensionPath: string): string | undefined {
  const folder = join(extensionPath, 'dist/helper', `linux-${process.arch}`)
  return existsSync(join(folder, 'manifest.json')) ? folder : undefined
}

/** The program with what its files have to be. Errors: StartError `no-program`, `payload-damaged`. */
export function ownPayload(extensionPath: string): Payload {
  const folder = ownProgramFolder(extensionPath)
  const anchor = anchorOf(process.arch)
  if (folder === undefined || anchor === undefined) throw startError('no-program')
  return readPayload(folder, anchor)
}
