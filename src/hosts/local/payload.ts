/** The program that the extension brings along, and what its files have to be. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { startError } from './start-error.ts'

const manifestSchema = z.object({
  files: z
    .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), z.string().regex(/^[0-9a-f]{64}$/))
    .refine((files) => Object.hasOwn(files, 'pocker') && Object.hasOwn(files, 'node'), 'there is no program in it'),
})

export interface Payload {
  /** The folder with the files. */
  readonly source: string
  /** SHA-256 by name. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * Reads the list of files in `folder`, which must have the hash `anchor`: the extension's code carries it, so that nobody changes the
 * program without changing that as well. The files themselves are compared after they have been copied, by root.
 * Errors: StartError `payload-damaged`.
 */
export function readPayload(folder: string, anchor: string): Payload {
  try {
    const manifest = readFileSync(join(folder, 'manifest.json'))
    if (createHash('sha256').update(manifest).digest('hex') !== anchor) throw new Error('the manifest has another hash')
    return { source: folder, files: manifestSchema.parse(JSON.parse(manifest.toString())).files }
  } catch (cause) {
    throw startError('payload-damaged', { cause })
  }
}
