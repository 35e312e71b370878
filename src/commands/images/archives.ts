/** Images to and from archives. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import * as l10n from '@vscode/l10n'
import { isAborted } from '../../client/engine-problem.ts'
import type { Host } from '../../hosts/host.ts'
import { pullMessageSchema } from '../../run/pull-progress.ts'
import { plainText } from '../../text/plain-text.ts'
import { sizeText } from '../../text/size.ts'
import { followMessages } from '../../transfer/follow-messages.ts'
import { counting, saveStream } from '../../transfer/save-stream.ts'
import { askImageName } from '../ask-image-name.ts'
import { chooseHost, chooseImages } from '../choose.ts'
import { apiName, type ImageParts, imageLabel } from './image-parts.ts'

/** Writes images with their names to one archive that `docker load` reads. Errors: EngineError, those of files, InWords. */
export async function saveFlow(parts: ImageParts, item: unknown, selected: unknown): Promise<void> {
  const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Save to File') })
  const [first] = refs
  if (first === undefined) return
  const label = refs.length === 1 ? imageLabel(first) : l10n.t('{0} images', refs.length)
  const name = refs.length === 1 ? `${imageLabel(first).replaceAll(':', '_')}.tar` : 'images.tar'
  const path = await parts.files.save({ title: l10n.t('Save {0}', label), name })
  if (path === undefined) return
  // An archive is of one host's images.
  const names = refs.filter(({ host }) => host === first.host).map((ref) => `names=${encodeURIComponent(apiName(ref))}`)
  await parts.transfer(l10n.t('saving {0}', label), async ({ signal, report }) => {
    const stream = await first.host.client.stream('GET', `/images/get?${names.join('&')}`, { signal, timeout: 0 })
    await saveStream(stream, { path, signal, onBytes: (bytes) => report(sizeText(bytes), undefined) })
  })
  parts.ask.tell(l10n.t('{0} is in {1}.', label, plainText(path)))
}

/** Loads the images of archives that `docker save` and its like have written. Errors: EngineError, TransferFailed `load-failed`, those of files. */
export async function loadFlow(parts: ImageParts, item: unknown): Promise<void> {
  const title = l10n.t('Load Images from File')
  const host = await chooseHost(parts, item, { title })
  if (host === undefined) return
  const paths = await parts.files.open({ title, button: l10n.t('Load'), many: true })
  for (const path of paths) {
    const sending: Sending = { host, path, title: l10n.t('loading {0}', shown(path)), failure: 'load-failed', to: '/images/load' }
    if (!(await sendArchive(parts, sending))) return
  }
}

/** Makes an image of an archive of plain files. Errors: as `loadFlow`, `import-failed`. */
export async function importFlow(parts: ImageParts, item: unknown): Promise<void> {
  const title = l10n.t('Import Files as Image')
  const host = await chooseHost(parts, item, { title })
  if (host === undefined) return
  const [path] = await parts.files.open({ title, button: l10n.t('Import'), many: false })
  if (path === undefined) return
  const prompt = l10n.t('The image’s name. It gets the archive’s files as its root, and no command.')
  const name = await askImageName(parts.ask, { title, prompt })
  if (name === undefined) return
  const { repository: repo, tag } = name
  const query = { fromSrc: '-', repo, tag }
  await sendArchive(parts, {
    host,
    path,
    title: l10n.t('importing {0}', shown(path)),
    failure: 'import-failed',
    to: '/images/create',
    query,
  })
}

interface Sending {
  readonly host: Host
  readonly path: string
  readonly title: string
  /** The code of what the engine says in its messages. */
  readonly failure: string
  readonly to: string
  readonly query?: Readonly<Record<string, string>>
}

/** False when it was cancelled. */
async function sendArchive({ transfer }: ImageParts, { host, path, title, failure, to, query }: Sending): Promise<boolean> {
  // A file that is not there is told before anything is asked of the engine.
  const { size } = await stat(path)
  return await transfer(title, async (view) => {
    const file = createReadStream(path, { highWaterMark: 1 << 20, signal: view.signal })
    const input = counting((bytes) => view.report(l10n.t('{0} of {1}', sizeText(bytes), sizeText(size)), (100 * bytes) / Math.max(size, 1)))
    file.once('error', (error) => input.destroy(error))
    file.pipe(input)
    const headers = { 'Content-Type': 'application/x-tar' }
    const request = { headers, input, signal: view.signal, timeout: 0, ...(query === undefined ? {} : { query }) }
    const silent = { ...view, report: () => {} }
    try {
      await followMessages(host.client.lines('POST', to, pullMessageSchema, request), silent, failure)
    } catch (error) {
      if (view.signal.aborted || isAborted(error)) return false
      throw error
    } finally {
      file.destroy()
    }
    return !view.signal.aborted
  })
}

function shown(path: string): string {
  return plainText(basename(path), 80)
}
