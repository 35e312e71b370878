/** Making a container anew: the old one goes only when the new one runs. */
import * as l10n from '@vscode/l10n'
import type { CreateRequest } from '../../helper/api/container.ts'
import type { EngineClient } from '../client/engine-client.ts'
import { statusOf } from '../client/engine-problem.ts'
import type { ContainerAnswer } from './from-container.ts'
import { create } from './run-engine.ts'
import { discard } from './start-run.ts'

/** The new container failed, and the old one could not be put back as it was. */
export class NotRestored extends Error {
  override readonly name = 'NotRestored'
  readonly code = 'container-not-restored'
}

export interface Replacement {
  readonly old: ContainerAnswer
  readonly request: CreateRequest
  /** Of the new container; empty is the old one's. */
  readonly name: string
  /** Makes the old one again should it go by itself when it is stopped (`AutoRemove`). */
  readonly original: CreateRequest
}

/**
 * Makes and starts the new container in place of the old one and gives back its ID. The old one stops first, since both may want the same
 * ports and files. Errors: EngineError, with the old container back under its name and running if it ran; NotRestored.
 */
export async function replaceContainer(client: EngineClient, { old, request, name, original }: Replacement): Promise<string> {
  const oldName = old.Name.replace(/^\//, '')
  const aside = `${oldName.slice(0, 200)}.replaced-${old.Id.slice(0, 12)}`
  // Under the old one's ID as long as it has its name: what the engine refuses, it refuses here, where nothing has happened yet.
  const id = await create(client, request, `${oldName.slice(0, 200)}.new-${old.Id.slice(0, 12)}`)
  try {
    await rename(client, old.Id, aside)
    await rename(client, id, name === '' ? oldName : name)
    if (old.State.Running) await tellUnless(client, 'POST', `/containers/${old.Id}/stop`, [304, 404])
    await client.tell('POST', `/containers/${id}/start`)
  } catch (error) {
    await restore(client, { old, oldName, newId: id, original }, error)
    throw error
  }
  await removeOld(client, old.Id)
  return id
}

// The new one runs under the name: an old one that does not go, under a name that says what it is, is not a failure of that.
async function removeOld(client: EngineClient, id: string): Promise<void> {
  try {
    await client.tell('DELETE', `/containers/${id}`, { query: { force: true, v: false } })
  } catch {}
}

interface Restoring {
  readonly old: ContainerAnswer
  readonly oldName: string
  readonly newId: string
  readonly original: CreateRequest
}

async function restore(client: EngineClient, { old, oldName, newId, original }: Restoring, cause: unknown): Promise<void> {
  try {
    if (await isThere(client, old.Id)) {
      await discard(client, newId)
      await rename(client, old.Id, oldName)
      if (old.State.Running) await tellUnless(client, 'POST', `/containers/${old.Id}/start`, [304])
      return
    }
    // The new one holds the volumes until the old one, made again, does.
    await rename(client, newId, `${oldName.slice(0, 200)}.failed-${newId.slice(0, 12)}`)
    const again = await create(client, original, oldName)
    await discard(client, newId)
    await client.tell('POST', `/containers/${again}/start`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new NotRestored(l10n.t('The new container did not start, and “{0}” could not be put back: {1}', oldName, reason), { cause })
  }
}

async function isThere(client: EngineClient, id: string): Promise<boolean> {
  try {
    await client.tell('GET', `/containers/${id}/json`)
    return true
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

async function rename(client: EngineClient, id: string, name: string): Promise<void> {
  await client.tell('POST', `/containers/${id}/rename`, { query: { name } })
}

async function tellUnless(client: EngineClient, method: string, path: string, expected: readonly number[]): Promise<void> {
  try {
    await client.tell(method, path)
  } catch (error) {
    if (!expected.includes(statusOf(error) ?? 0)) throw error
  }
}
