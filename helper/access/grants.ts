/** Which users have been let in, kept in the data root so that the next helper opens their sockets again. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const grantSchema = z.object({
  uid: z.number().int().min(1).max(0xffff_fffe),
  /** Its name then: a number that has gone to another account must not take the right along. */
  name: z.string().optional(),
  /** The boot that it ends with; without one it lasts until it is taken back. */
  boot: z.string().optional(),
})

const documentSchema = z.object({ users: z.array(grantSchema) })

export type Grant = z.infer<typeof grantSchema>

/** The grants in the file at `path`; none when there is no file. Errors: those of reading, SyntaxError and ZodError for a damaged file. */
export function readGrants(path: string): Grant[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  return documentSchema.parse(JSON.parse(text)).users
}

/** Replaces the file as a whole. Errors: those of writing. */
export function writeGrants(path: string, users: readonly Grant[]): void {
  const fresh = `${path}.new`
  writeFileSync(fresh, `${JSON.stringify({ users }, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(fresh, path)
}

export interface Now {
  /** The id of this boot. */
  readonly boot: string
  /** The name that a user's number has on this machine now. */
  readonly nameOf: (uid: number) => string | undefined
}

/** Why a grant of earlier counts no more, as the end of a sentence; undefined when it does. */
export function whyEnded(grant: Grant, now: Now): string | undefined {
  if (grant.boot !== undefined && grant.boot !== now.boot) return 'the machine has restarted since'
  if (grant.name !== undefined && grant.name !== now.nameOf(grant.uid)) return `the number is no longer that of ${grant.name}`
  return undefined
}
