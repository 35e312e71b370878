/** What the helper takes for an answer: the process has seen files that nobody trusts, and neither are its words. */
import { z } from 'zod'
import { fileChangeSchema, fileStatSchema } from '../api/files.ts'
import type { FileOperation, FileResults } from './requests.ts'

const nothing = z.null()

export const fileResults: { readonly [O in FileOperation]: z.ZodType<FileResults[O]> } = {
  stat: fileStatSchema,
  list: nothing,
  open: z.object({ stat: fileStatSchema, handle: z.number().optional() }),
  read: z.object({ isLast: z.boolean() }),
  create: z.object({ handle: z.number() }),
  write: nothing,
  commit: fileStatSchema,
  close: nothing,
  folder: fileStatSchema,
  rename: fileStatSchema,
  copy: fileStatSchema,
  remove: nothing,
  watch: nothing,
  cancel: nothing,
}

export const toldChanges = z.array(fileChangeSchema)
