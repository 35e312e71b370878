import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import type { CreateRequest } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { CommandContext } from '../command.ts'
import { harmless } from '../failure.ts'
import { answeredObject } from '../http/answers.ts'
import { terminalSize, write } from '../io.ts'
import { platformFlag } from '../platform-flag.ts'
import { createRequest } from './create-request.ts'
import { withImage } from './with-image.ts'

/** The create request of a command's flags and words, its files and variables taken from the caller. Errors: as `createRequest`. */
export function requestOf({ flags, words, io }: CommandContext): CreateRequest {
  checkPull(flags.text('pull'))
  const request = createRequest(flags, words, { readFile: (path) => readFileSync(path, 'utf8'), env: io.env, cwd: io.cwd })
  const size = request.Tty === true ? terminalSize(io.stdout) : undefined
  return size === undefined ? request : { ...request, HostConfig: { ...request.HostConfig, ConsoleSize: [size.height, size.width] } }
}

/** Creates a container and resolves to its ID; warnings go to stderr. Errors: those of the API, `cidfile-exists`. */
export async function createContainer(context: CommandContext, request: CreateRequest): Promise<string> {
  const { flags, client, io } = context
  const idFile = openIdFile(flags.text('cidfile'))
  try {
    const query = { name: flags.text('name'), platform: platformFlag(flags, io.env) }
    const create = () => client.json('POST', '/containers/create', { query, body: request })
    const { Id, Warnings } = answeredObject<{ Id: string; Warnings?: readonly string[] | null }>(
      await withImage(context, { image: request.Image, platform: query.platform }, create),
    )
    for (const warning of Warnings ?? []) await write(io.stderr, `WARNING: ${harmless(warning)}\n`)
    idFile?.keep(Id)
    return Id
  } finally {
    idFile?.close()
  }
}

interface IdFile {
  keep(id: string): void
  close(): void
}

/** The file is made first, and only where there is none: two runs with one ID file must not both succeed. */
function openIdFile(path: string | undefined): IdFile | undefined {
  if (path === undefined || path === '') return undefined
  let file: number
  try {
    file = openSync(path, 'wx')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const message = `container ID file found, make sure the other container isn't running or delete ${path}`
    throw new PockerError('Conflict', message, { code: 'cidfile-exists' })
  }
  let kept = false
  return {
    keep: (id) => {
      writeSync(file, id)
      kept = true
    },
    close: () => {
      closeSync(file)
      if (!kept) unlinkSync(path)
    },
  }
}

function checkPull(pull: string | undefined): void {
  if (pull === undefined || pull === '' || pull === 'always' || pull === 'missing' || pull === 'never') return
  throw new PockerError('InvalidParameter', `invalid pull option: '${pull}': must be one of "always", "missing" or "never"`, {
    code: 'conflicting-options',
  })
}
