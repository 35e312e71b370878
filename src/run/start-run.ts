/** A new container, made and started; or nothing left of it. */
import type { CreateRequest } from '../../helper/api/container.ts'
import type { EngineClient } from '../client/engine-client.ts'
import { codeOf, containerOf } from '../client/engine-problem.ts'
import type { Host } from '../hosts/host.ts'
import { create, createAndStart } from './run-engine.ts'

/** Makes and starts a container. Errors: EngineError; what had been made is gone again. */
export async function startRun({ client, state }: Host, request: CreateRequest, name: string): Promise<string> {
  if (state.kind === 'ready' && state.engine.isPocker) {
    try {
      return await createAndStart(client, request, name)
    } catch (error) {
      const id = containerOf(error)
      if (id !== undefined) await discard(client, id)
      // An older helper knows only Docker's way.
      if (codeOf(error) !== 'page-not-found') throw error
    }
  }
  return await startByTwo(client, request, name)
}

async function startByTwo(client: EngineClient, request: CreateRequest, name: string): Promise<string> {
  const id = await create(client, request, name)
  try {
    await client.tell('POST', `/containers/${id}/start`)
  } catch (error) {
    await discard(client, id)
    throw error
  }
  return id
}

/** Removes a container that never was of use, with its fresh volumes. That it cannot be removed is not worth another error. */
export async function discard(client: EngineClient, id: string): Promise<void> {
  try {
    await client.tell('DELETE', `/containers/${encodeURIComponent(id)}`, { query: { force: true, v: true } })
  } catch {
    // The failure that led here is the one to be told.
  }
}
