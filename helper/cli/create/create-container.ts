import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import type { CreateRequest } from '../../api/container.ts'
import { PockerError, startFailure } from '../../api/errors.ts'
import type { CommandContext } from '../command.ts'
import { harmless } from '../failure.ts'
import { answeredObject } from '../http/answers.ts'
import { isUnknownEndpoint } from '../http/api-error.ts'
import type { RequestOptions } from '../http/client.ts'
import { containerPath } from '../http/path.ts'
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

interface Created {
  readonly Id: string
  readonly Warnings?: readonly string[] | null
}

/** Creates a container and resolves to its ID; warnings go to stderr. Errors: those of the API, `cidfile-exists`. */
export function createContainer(context: CommandContext, request: CreateRequest): Promise<string> {
  return making(context, request, (options) => create(context, options))
}

/** Creates a container and starts it, otherwise as `createContainer`. The error of a start has the container's ID. */
export function createAndStart(context: CommandContext, request: CreateRequest): Promise<string> {
  return making(context, request, async (options) => {
    const { client } = context
    try {
      return answeredObject<Created>(await client.json('POST', '/pocker/run', options))
    } catch (error) {
      if (!isUnknownEndpoint(error)) throw error
    }
    const made = await create(context, options)
    await client.text('POST', containerPath(made.Id, 'start')).catch((error: unknown) => Promise.reject(startFailure(error, made.Id)))
    return made
  })
}

async function create({ client }: CommandContext, options: RequestOptions): Promise<Created> {
  return answeredObject<Created>(await client.json('POST', '/containers/create', options))
}

async function making(
  context: CommandContext,
  request: CreateRequest,
  make: (options: RequestOptions) => Promise<Created>,
): Promise<string> {
  const { flags, io } = context
  const idFile = openIdFile(flags.text('cidfile'))
  try {
    const query = { name: flags.text('name'), platform: platformFlag(flags, io.env) }
    const wanted = { image: request.Image, platform: query.platform }
    const { Id, Warnings } = await withImage(context, wanted, () => make({ query, body: request }))
    for (const warning of Warnings ?? []) await write(io.stderr, `WARNING: ${harmless(warning)}\n`)
    idFile?.keep(Id)
    return Id
  } catch (error) {
    if (error instanceof PockerError && error.container !== undefined) idFile?.keep(error.container)
    throw error
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
