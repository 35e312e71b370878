/** The operations of ours that are timed, each over the same kept-alive connection to a helper. */
import { request } from 'node:http'
import type { TestHelper } from '../../test/support/helper.ts'

/** The image that all containers here are made from. */
export const IMAGE = 'bench'

export interface Timed {
  /** Milliseconds from the start request to the answer that the process has ended. */
  readonly startToExit: number
  /** Milliseconds from the create request to the answer that the container is gone. */
  readonly createToRemoved: number
}

/** Creates, starts, waits for and removes one container of `true`, with all namespaces of its own. */
export async function runTrue(helper: TestHelper): Promise<Timed> {
  const begin = performance.now()
  const id = await createContainer(helper, ['/bin/true'])
  const started = performance.now()
  await ask(helper, 'POST', `/containers/${id}/start`)
  await ask(helper, 'POST', `/containers/${id}/wait`)
  const exited = performance.now()
  await ask(helper, 'DELETE', `/containers/${id}`)
  return { startToExit: exited - started, createToRemoved: performance.now() - begin }
}

/** `count` containers of `true`, all at once: the milliseconds from the first start request to the last end, and from create to removed. */
export async function runManyTrue(helper: TestHelper, count: number): Promise<Timed> {
  const numbers = Array.from({ length: count }, (_, index) => index)
  const begin = performance.now()
  const ids = await Promise.all(numbers.map(() => createContainer(helper, ['/bin/true'])))
  const started = performance.now()
  await Promise.all(
    ids.map(async (id) => {
      await ask(helper, 'POST', `/containers/${id}/start`)
      await ask(helper, 'POST', `/containers/${id}/wait`)
    }),
  )
  const exited = performance.now()
  await Promise.all(ids.map((id) => ask(helper, 'DELETE', `/containers/${id}`)))
  return { startToExit: exited - started, createToRemoved: performance.now() - begin }
}

/** Creates a container without a network of the host's and without a terminal; its id. */
export async function createContainer(helper: TestHelper, command: readonly string[]): Promise<string> {
  const body = await ask(helper, 'POST', '/containers/create', { Image: IMAGE, Cmd: command, HostConfig: { NetworkMode: 'none' } })
  return textMember(body, 'Id')
}

/** Milliseconds from the start request of a ready-made exec of `true` to the end of its stream. */
export async function execTrue(helper: TestHelper, container: string): Promise<number> {
  return await execIn(helper, container, ['/bin/true'])
}

/** As `execTrue`, of any command. */
export async function execIn(helper: TestHelper, container: string, command: readonly string[]): Promise<number> {
  const body = await ask(helper, 'POST', `/containers/${container}/exec`, { Cmd: command, AttachStdout: true, AttachStderr: true })
  const id = textMember(body, 'Id')
  const begin = performance.now()
  await startExec(helper.socket, id)
  return performance.now() - begin
}

/** Milliseconds of a request that does nothing. */
export async function ping(helper: TestHelper): Promise<number> {
  const begin = performance.now()
  await ask(helper, 'GET', '/_ping')
  return performance.now() - begin
}

/** Sends a request; the answer's body. Errors: any status from 400 on. */
export async function ask(helper: TestHelper, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await helper.request(method, path, body)
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** The text under `name` in an object of an answer. Errors: there is none. */
export function textMember(body: unknown, name: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  if (typeof value !== 'string') throw new Error(`read answer: no ${name} in ${JSON.stringify(body)}`)
  return value
}

/** A connection of its own, as every client uses: the stream's end is the connection's end. */
function startExec(socketPath: string, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify({ Detach: false, Tty: false })
    const headers = { 'content-type': 'application/json', 'content-length': text.length }
    request({ socketPath, method: 'POST', path: `/exec/${id}/start`, headers }, (answer) => {
      answer.resume().on('end', resolve).on('error', reject)
    })
      .on('error', reject)
      .end(text)
  })
}
