/** What the helper takes for an answer: the process has seen files that nobody trusts, and neither are its words. */
import { z } from 'zod'
import { PockerError } from '../api/errors.ts'
import { fileChangeSchema, fileStatSchema } from '../api/files.ts'
import type { FileOperation, FileResults } from './requests.ts'

const nothing = z.null()

const fileResults: { readonly [O in FileOperation]: z.ZodType<FileResults[O]> } = {
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

/** Errors: Internal `bad-file-answer`. */
export function readResult<O extends FileOperation>(op: O, result: unknown): FileResults[O] {
  const parsed = fileResults[op].safeParse(result)
  if (parsed.success) return parsed.data
  throw new PockerError('Internal', `serve files: the process has answered '${op}' with what is no answer`, {
    code: 'bad-file-answer',
    cause: parsed.error,
  })
}

export const toldChanges = z.array(fileChangeSchema)
