/** The program for Linux hosts, as it is in the extension's folder. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Payload } from '../../../ssh/delivery/payload.ts'

const manifestSchema = z.object({
  version: z.string(),
  files: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), z.string().regex(/^[0-9a-f]{64}$/)),
})

/** Undefined for a processor that this package has no program for. Errors: a list of files that is none. */
export function extensionPayload(extensionFolder: string, architecture: 'x64' | 'arm64'): Payload | undefined {
  const source = join(extensionFolder, 'dist/helper', `linux-${architecture}`)
  const manifest = join(source, 'manifest.json')
  return existsSync(manifest) ? { source, ...manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8'))) } : undefined
}
