import { PockerError } from '../../api/errors.ts'
import type { ExecStartRequest } from '../../api/exec.ts'
import { execCreateRequestSchema, execRunRequestSchema, execStartRequestSchema } from '../../api/exec.ts'
import type { Answer } from '../answer.ts'
import { created, json, NO_CONTENT } from '../answer.ts'
import type { Attachment, ExecBackend, OutputChunk } from '../backend.ts'
import { readRequest } from '../body.ts'
import { parseDetachKeys } from '../detach-keys.ts'
import type { ApiRequest, Route } from '../route.ts'
import { containerId, execId, terminalSize } from './parameters.ts'

type HijackAnswer = Extract<Answer, { kind: 'hijack' }>

/** `/containers/{id}/exec`, `/exec`, and Pocker's own of both. */
export function execRoutes(backend: ExecBackend): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/containers/{id}/exec',
      since: 41,
      handle: (request) => create(backend, request),
    },
    { method: 'POST', path: '/pocker/containers/{id}/exec', since: 41, hijack: true, handle: (request) => run(backend, request) },
    { method: 'POST', path: '/exec/{id}/start', since: 41, hijack: true, handle: (request) => start(backend, request) },
    {
      method: 'POST',
      path: '/exec/{id}/resize',
      since: 41,
      handle: async (request) => {
        await backend.resize(execId(request), terminalSize(request))
        return { kind: 'empty', status: 200 }
      },
    },
    { method: 'GET', path: '/exec/{id}/json', since: 41, handle: async (request) => json(await backend.inspect(execId(request))) },
    {
      method: 'POST',
      path: '/pocker/exec/{id}/attach',
      since: 41,
      hijack: true,
      handle: async (request) => connectTo(await backend.attach(execId(request))),
    },
    {
      method: 'POST',
      path: '/pocker/exec/{id}/hangup',
      since: 41,
      handle: async (request) => {
        await backend.hangUp(execId(request))
        return NO_CONTENT
      },
    },
  ]
}

async function create(backend: ExecBackend, request: ApiRequest): Promise<Answer> {
  const body = await readRequest(request, execCreateRequestSchema)
  parseDetachKeys(body.DetachKeys || undefined) // by its start it would be too late to refuse it
  return created(await backend.create(containerId(request), body))
}

async function start(backend: ExecBackend, request: ApiRequest): Promise<Answer> {
  const id = execId(request)
  const body = execStartRequestSchema.parse((await request.json()) ?? {})
  const attachment = await startOrExplain(backend, id, body)
  if (attachment === undefined) return { kind: 'empty', status: 200 }
  return connectTo(attachment)
}

/** Both in one: where the way is long, each request costs as much as the process. */
async function run(backend: ExecBackend, request: ApiRequest): Promise<Answer> {
  const { Detach = false, ...body } = await readRequest(request, execRunRequestSchema)
  parseDetachKeys(body.DetachKeys || undefined)
  const { Id } = await backend.create(containerId(request), body)
  const size = body.ConsoleSize === undefined ? {} : { ConsoleSize: body.ConsoleSize }
  const attachment = await startOrExplain(backend, Id, { Detach, Tty: body.Tty ?? false, ...size })
  return attachment === undefined ? created({ Id }) : { ...connectTo(attachment), headers: { 'Pocker-Exec': Id } }
}

function connectTo(attachment: Attachment): HijackAnswer {
  if (attachment.detachKeys === 'none') return { kind: 'hijack', attachment }
  return { kind: 'hijack', attachment, detachKeys: parseDetachKeys(attachment.detachKeys) }
}

/**
 * dockerd has hijacked the connection by the time the program is looked for, so its clients expect "command not found" as output
 * and then ask for the exit code (126, 127). An exec that has an exit code after a failed start is such a case.
 */
async function startOrExplain(backend: ExecBackend, id: string, body: ExecStartRequest): Promise<Attachment | undefined> {
  const detach = body.Detach ?? false
  const tty = body.Tty ?? false
  const [height, width] = body.ConsoleSize ?? [0, 0]
  try {
    return await backend.start(id, { detach, tty, ...(height > 0 && width > 0 ? { consoleSize: { width, height } } : {}) })
  } catch (error) {
    if (detach || !(error instanceof PockerError) || (error.kind === 'NotFound' && error.code === 'no-such-exec')) throw error
    if (error.kind === 'Conflict' || (await backend.inspect(id)).ExitCode === null) throw error
    return explanation(error.message, tty)
  }
}

function explanation(message: string, tty: boolean): Attachment {
  const chunk: OutputChunk = { stream: tty ? 0 : 2, data: Buffer.from(`${message}\r\n`) }
  return {
    tty,
    output: (async function* () {
      yield chunk
    })(),
    write: async () => {},
    endInput: () => {},
    close: () => {},
  }
}
