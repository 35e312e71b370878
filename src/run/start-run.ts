/** A new container, made and started; or nothing left of it. */
import type { CreateRequest } from '../../helper/api/container.ts'
import type { EngineClient } from '../client/engine-client.ts'
import { create } from './run-engine.ts'

/** Makes and starts a container. Errors: EngineError; what had been made is gone again. */
export async function startRun(client: EngineClient, request: CreateRequest, name: string): Promise<string> {
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
    await client.tell('DELETE', `/containers/${id}`, { query: { force: true, v: true } })
  } catch {
    // The failure that led here is the one to be told.
  }
}
