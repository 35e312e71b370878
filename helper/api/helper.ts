/** The helper itself, of `/pocker/helper` and `/pocker/listeners`: which one runs, and which users may talk to it. */
import { z } from 'zod'

export const helperFactsSchema = z.object({
  version: z.string(),
  pid: z.number(),
  /** The folder its program runs from. */
  program: z.string(),
  /** Root's own socket. */
  socket: z.string(),
  /** Seconds without containers and requests after which it leaves; 0: never. */
  idleTimeout: z.number(),
})

export type HelperFacts = z.infer<typeof helperFactsSchema>

/** Not root, which has its own socket; not 65534, which stands for everyone without a number; not -1, which is no user. */
const uidSchema = z
  .number()
  .int()
  .min(1)
  .max(0xffff_fffe)
  .refine((uid) => uid !== 65534, 'this number stands for nobody in particular')

export const listenRequestSchema = z.object({
  uid: uidSchema,
  /** How long the user is let in: until the machine restarts, or until somebody takes it back. */
  until: z.enum(['reboot', 'revoked']).default('reboot'),
})

export type ListenRequest = z.infer<typeof listenRequestSchema>

export const listenerSchema = z.object({
  uid: z.number(),
  /** The user's name when it was let in, where this machine knew one. */
  name: z.string().optional(),
  /** A socket that this user and root alone can open. */
  socket: z.string(),
  until: z.enum(['reboot', 'revoked']),
})

export type Listener = z.infer<typeof listenerSchema>

export const listenersSchema = z.object({ listeners: z.array(listenerSchema) })

/** What `pocker helper start` prints. */
export const startedSchema = z.object({
  version: z.string(),
  pid: z.number(),
  program: z.string(),
  /** The user's socket, or root's when it was not told of a user. */
  socket: z.string(),
})

export type Started = z.infer<typeof startedSchema>
