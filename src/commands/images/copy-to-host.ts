/** "Copy to Host": an image goes from one host to another, through here, without the layers that are there already. */
import { pipeline } from 'node:stream'
import * as l10n from '@vscode/l10n'
import { imageBlobsSchema, missingSchema } from '../../../helper/api/image-blobs.ts'
import { isAborted, isNotFound } from '../../client/engine-problem.ts'
import { InWords } from '../../errors/in-words.ts'
import type { Host } from '../../hosts/host.ts'
import { pullMessageSchema } from '../../run/pull-progress.ts'
import { plainText } from '../../text/plain-text.ts'
import { sizeText } from '../../text/size.ts'
import { followMessages } from '../../transfer/follow-messages.ts'
import { counting } from '../../transfer/save-stream.ts'
import { chooseImages } from '../choose.ts'
import type { ImageRef } from '../refs.ts'
import { apiName, type ImageParts, imageLabel, imagePath } from './image-parts.ts'

/** Copies them, one after the other. Errors: EngineError, TransferFailed `load-failed`, InWords `no-other-host`. */
export async function copyToHostFlow(parts: ImageParts, item: unknown, selected: unknown): Promise<void> {
  const title = l10n.t('Copy to Host')
  const { refs } = await chooseImages(parts, item, selected, { title })
  const [first] = refs
  if (first === undefined) return
  const others = (await parts.hosts.settled()).filter((host) => host !== first.host && host.state.kind === 'ready')
  if (others.length === 0)
    throw new InWords('no-other-host', l10n.t('There is no other host to copy to. Add Host adds a machine over SSH.'))
  const rows = others.map(({ id, label }) => ({ id, icon: 'server', label: plainText(label, 100) }))
  const answer =
    others.length === 1
      ? { kind: 'picked', id: others[0]?.id }
      : await parts.ask.pick({ title, placeholder: l10n.t('To which host?'), rows })
  const to = answer.kind === 'picked' ? others.find(({ id }) => id === answer.id) : undefined
  if (to === undefined) return
  for (const ref of refs.filter(({ host }) => host === first.host)) if (!(await copy(parts, ref, to))) return
}

/** False when it was cancelled. */
async function copy({ transfer }: ImageParts, ref: ImageRef, to: Host): Promise<boolean> {
  const title = l10n.t('copying {0} to {1}', imageLabel(ref), plainText(to.label, 60))
  return await transfer(title, async ({ report, signal }) => {
    try {
      const present = await presentBlobs(ref, to)
      const query = [`names=${encodeURIComponent(apiName(ref))}`, ...present.map((digest) => `without=${encodeURIComponent(digest)}`)]
      const archive = await ref.host.client.stream('GET', `/images/get?${query.join('&')}`, { signal, timeout: 0 })
      const input = counting((bytes) => report(sizeText(bytes), undefined))
      // Its error is the stream's, which the request that reads it tells.
      pipeline(archive, input, () => undefined)
      const request = { headers: { 'Content-Type': 'application/x-tar' }, input, signal, timeout: 0 }
      await followMessages(to.client.lines('POST', '/images/load', pullMessageSchema, request), { signal, report: () => {} }, 'load-failed')
    } catch (error) {
      if (signal.aborted || isAborted(error)) return false
      throw error
    }
    return !signal.aborted
  })
}

/** What the other host has of it. Engines that are not Pocker's cannot say, and get all. */
async function presentBlobs(ref: ImageRef, to: Host): Promise<readonly string[]> {
  const isPocker = ({ state }: Host) => state.kind === 'ready' && state.engine.isPocker
  if (!isPocker(ref.host) || !isPocker(to)) return []
  try {
    const { Blobs: blobs } = await ref.host.client.ask('GET', `/pocker${imagePath(ref)}/blobs`, imageBlobsSchema)
    const digests = blobs.map(({ Digest }) => Digest)
    const { Missing: missing } = await to.client.ask('POST', '/pocker/blobs/missing', missingSchema, { body: { Digests: digests } })
    return digests.filter((digest) => !missing.includes(digest))
  } catch (error) {
    // A helper of an earlier version does not know the question.
    if (isNotFound(error)) return []
    throw error
  }
}
