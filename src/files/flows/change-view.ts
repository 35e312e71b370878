/** What somebody wants to see of a change: what is different. */

import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import type { FileStat } from '../../../helper/api/files.ts'
import { codeOf } from '../../client/engine-problem.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import { sizeText } from '../../text/size.ts'
import type { ChangeKind } from '../changes.ts'
import type { FileRef, Place } from '../place.ts'
import { filesOf } from '../place-access.ts'
import { modeText } from '../rows/file-row.ts'
import { shownName } from '../shown-name.ts'

export type ChangeView =
  | { readonly kind: 'open'; readonly file: FileRef }
  | { readonly kind: 'compare'; readonly before: FileRef; readonly after: FileRef; readonly title: string }
  | { readonly kind: 'say'; readonly text: string }

/** Bytes: the editor compares in memory, line by line. */
export const LARGEST_TO_COMPARE = 16 << 20

/** The place of what a container was made of. */
export function originOf({ hostId, id, name }: Place): Place {
  return { hostId, kind: 'origin', id, name: `image-of-${name}` }
}

/** Looks at both sides. Errors: those of `Files`. */
export async function changeView(hosts: Hosts, { place, path }: FileRef, kind: ChangeKind): Promise<ChangeView> {
  const origin = originOf(place)
  const statIn = async (its: Place) => (await filesOf(hosts, its)).stat(path)
  switch (kind) {
    case 'added':
      return viewOfOne(await statIn(place), { place, path })
    case 'deleted':
      return viewOfOne(await statIn(origin), { place: origin, path })
    case 'modified':
      try {
        return viewOfBoth(await statIn(origin), await statIn(place), { before: { place: origin, path }, after: { place, path } })
      } catch (error) {
        // Docker shows what a container has, and nothing of its image's files.
        if (codeOf(error) !== 'needs-pocker') throw error
        return viewOfOne(await statIn(place), { place, path })
      }
  }
}

function viewOfOne(stat: FileStat, file: FileRef): ChangeView {
  const name = nameOf(file)
  switch (stat.kind) {
    case 'file':
      return { kind: 'open', file }
    case 'folder':
      return { kind: 'say', text: l10n.t('“{0}” is an empty folder.', name) }
    case 'link':
      return { kind: 'say', text: l10n.t('“{0}” is a link to “{1}”.', name, shownName(stat.link ?? '')) }
    case 'other':
      return { kind: 'say', text: l10n.t('“{0}” is a device, a pipe or a socket.', name) }
  }
}

function viewOfBoth(was: FileStat, is: FileStat, { before, after }: { before: FileRef; after: FileRef }): ChangeView {
  const name = nameOf(after)
  if (was.kind === 'link' && is.kind === 'link') {
    const [from, to] = [shownName(was.link ?? ''), shownName(is.link ?? '')]
    return { kind: 'say', text: l10n.t('“{0}” was a link to “{1}” and is one to “{2}”.', name, from, to) }
  }
  if (was.kind !== 'file' || is.kind !== 'file') {
    if (was.kind !== is.kind)
      return { kind: 'say', text: l10n.t('“{0}” was something else in the image: {1} became {2}.', name, kindText(was), kindText(is)) }
    return { kind: 'say', text: l10n.t('Mode and owner of “{0}” differ: {1} became {2}.', name, ownerText(was), ownerText(is)) }
  }
  if (was.size > LARGEST_TO_COMPARE || is.size > LARGEST_TO_COMPARE) {
    const text = l10n.t(
      '“{0}” is too large to compare: {1} became {2}. Download it to look at it.',
      name,
      sizeText(was.size),
      sizeText(is.size),
    )
    return { kind: 'say', text }
  }
  return { kind: 'compare', before, after, title: l10n.t('{0}: {1} (image ↔ container)', shownName(after.place.name, 80), name) }
}

function nameOf({ path }: FileRef): string {
  return shownName(posix.basename(path), 120)
}

function kindText({ kind }: FileStat): string {
  switch (kind) {
    case 'file':
      return l10n.t('a file')
    case 'folder':
      return l10n.t('a folder')
    case 'link':
      return l10n.t('a link')
    case 'other':
      return l10n.t('a device')
  }
}

function ownerText({ mode, uid, gid }: FileStat): string {
  return `${modeText(mode)} ${uid}:${gid}`
}
