/** Rows of files: what they look like, and what commands get of them. Names are a container's: hostile. */
import * as l10n from '@vscode/l10n'
import type { FileEntry, FileKind } from '../../../helper/api/files.ts'
import { sizeText } from '../../text/size.ts'
import type { ChildRow } from '../../views/child-rows.ts'
import type { ItemLook } from '../../views/item-look.ts'
import type { FileRef } from '../place.ts'
import { isWritable } from '../place.ts'
import { uriTextOf } from '../place-uri.ts'
import { shownName } from '../shown-name.ts'

/** The row of a file or folder. It names no container, lest commands for containers take it for one. */
export interface FileRow extends ChildRow {
  readonly file: FileRef
  /** What opening it opens: of a link what it leads to. */
  readonly kind: FileKind
}

const LONGEST_NAME = 255

/** The row's words and flags. `children` tells whether it can be unfolded. */
export function fileLook(ref: FileRef, entry: FileEntry): ItemLook {
  const kind = kindOf(entry)
  const name = shownName(entry.name, LONGEST_NAME)
  const isDeletion = entry.layer === 'deletes'
  const description = descriptionOf(entry)
  const isFixed = !isWritable(ref.place) || entry.isReadOnly
  return {
    id: entry.name,
    label: name,
    ...(description === undefined ? {} : { description }),
    icon: isDeletion ? { name: 'trash' } : iconOf(kind),
    file: uriTextOf(ref, isDeletion ? 'deleted' : undefined),
    tooltip: tooltipOf(ref, entry),
    flags: ['file', ...(isDeletion ? ['whiteout'] : [kind]), isFixed ? 'fixed' : 'writable'],
    keys: isFixed ? COPY_KEY : { ...COPY_KEY, ...EDIT_KEYS },
    spoken: [name, kindText(entry), description].filter((part) => part !== undefined).join(', '),
    ...(kind === 'folder' ? { fold: 'folded' } : {}),
    ...(kind === 'file' && !isDeletion ? { command: { id: 'pocker.files.open', title: l10n.t('Open') } } : {}),
  }
}

/** Of the views of containers, images and volumes. */
export const COPY_KEY = {
  'pocker.containers.copyId': 'pocker.files.copyPath',
  'pocker.images.copyName': 'pocker.files.copyPath',
  'pocker.volumes.copyName': 'pocker.files.copyPath',
} as const
const EDIT_KEYS = {
  'pocker.containers.remove': 'pocker.files.delete',
  'pocker.volumes.remove': 'pocker.files.delete',
  'pocker.containers.rename': 'pocker.files.rename',
} as const

/** What opening an entry opens. */
export function kindOf({ kind, target }: Pick<FileEntry, 'kind' | 'target'>): FileKind {
  return kind === 'link' ? (target ?? 'other') : kind
}

function iconOf(kind: FileKind): { readonly name: string } {
  switch (kind) {
    case 'file':
      return { name: 'file' }
    case 'folder':
      return { name: 'folder' }
    default:
      return { name: 'circle-slash' }
  }
}

function descriptionOf({ kind, link, layer, target }: FileEntry): string | undefined {
  if (layer === 'deletes') return l10n.t('deleted by this layer')
  if (layer === 'replaces') return l10n.t('replaces the folder below')
  if (kind === 'link')
    return target === undefined ? l10n.t('→ {0} (leads nowhere)', shownName(link ?? '', 100)) : `→ ${shownName(link ?? '', 100)}`
  return kind === 'other' ? l10n.t('device, pipe or socket') : undefined
}

function kindText({ kind }: FileEntry): string {
  switch (kind) {
    case 'file':
      return l10n.t('file')
    case 'folder':
      return l10n.t('folder')
    case 'link':
      return l10n.t('link')
    case 'other':
      return l10n.t('device, pipe or socket')
  }
}

function tooltipOf({ path }: FileRef, entry: FileEntry): string {
  const owner = `${entry.uid}:${entry.gid}`
  const facts = [...(entry.kind === 'file' ? [sizeText(entry.size)] : []), modeText(entry.mode), owner]
  const time = new Date(entry.modified)
  return [
    shownName(path, 1000),
    facts.join(' · '),
    ...(Number.isNaN(time.getTime()) ? [] : [l10n.t('changed {0}', time.toLocaleString())]),
    ...(entry.isReadOnly ? [l10n.t('read-only')] : []),
  ].join('\n')
}

/** Permission bits as `ls` shows them. */
export function modeText(mode: number): string {
  const special = [
    [0o4000, 's', 'S'],
    [0o2000, 's', 'S'],
    [0o1000, 't', 'T'],
  ] as const
  return [6, 3, 0]
    .map((shift, index) => {
      const bits = (mode >> shift) & 7
      const isRun = (bits & 1) !== 0
      const [bit = 0, withRun = '', without = ''] = special[index] ?? []
      const last = (mode & bit) !== 0 ? (isRun ? withRun : without) : isRun ? 'x' : '-'
      return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`
    })
    .join('')
}
