/** Inspections as the engine answers them: pages, and JSON for who wants all. */
import { z } from 'zod'
import { type ContainerRef, containerRowOf, type ImageRef } from '../../commands/refs.ts'
import type { ReadOnlyDocument } from '../../documents/read-only-documents.ts'
import type { Page } from '../../page/page.ts'
import { plainText } from '../../text/plain-text.ts'
import { containerPage } from './container-page.ts'
import { historySchema, imageAnswerSchema, imagePage } from './image-page.ts'
import { containerAnswerSchema } from './inspect-answer.ts'

/** A container's page. Errors: EngineError. */
export async function readContainerPage(ref: ContainerRef): Promise<Page> {
  return containerPage(await ref.host.client.ask('GET', containerPath(ref), containerAnswerSchema), ref.host.label)
}

/** An image's page, with how it was made. Errors: EngineError. */
export async function readImagePage({ host, imageId }: ImageRef): Promise<Page> {
  const path = `/images/${encodeURIComponent(imageId)}`
  const [image, history] = await Promise.all([
    host.client.ask('GET', `${path}/json`, imageAnswerSchema),
    host.client.ask('GET', `${path}/history`, historySchema),
  ])
  return imagePage(image, history, host.label)
}

/** All that the engine says of a container. Errors: EngineError. */
export async function readContainerJson(ref: ContainerRef): Promise<ReadOnlyDocument> {
  const answer = await ref.host.client.ask('GET', containerPath(ref), z.unknown())
  return documentOf(containerRowOf(ref)?.name ?? ref.containerId.slice(0, 12), answer)
}

/** All that the engine says of an image. Errors: EngineError. */
export async function readImageJson({ host, imageId, tag }: ImageRef): Promise<ReadOnlyDocument> {
  const answer = await host.client.ask('GET', `/images/${encodeURIComponent(imageId)}/json`, z.unknown())
  return documentOf((tag ?? imageId.replace('sha256:', '').slice(0, 12)).replaceAll(':', ' '), answer)
}

function containerPath({ containerId }: ContainerRef): string {
  return `/containers/${encodeURIComponent(containerId)}/json`
}

function documentOf(name: string, answer: unknown): ReadOnlyDocument {
  return { name: `${plainText(name)}.json`, text: `${JSON.stringify(answer, undefined, 2)}\n` }
}
