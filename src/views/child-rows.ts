/** Rows below a container or an image that other parts of the extension give: files, changes, processes, layers. */
import * as l10n from '@vscode/l10n'
import type { Event } from 'vscode'
import type { ContainerRef, ImageRef } from '../commands/refs.ts'
import { sentenceOf } from '../errors/words.ts'
import type { ItemLook } from './item-look.ts'

/** Commands get the row itself, so it may hold whatever they act on besides: `host`, `containerId`, a path. */
export interface ChildRow {
  readonly look: ItemLook
  /** Asked for when the row is unfolded. An error becomes a row that says it in words. */
  readonly children?: () => Promise<readonly ChildRow[]>
}

export interface ChildSource<Ref> {
  /** The rows below it, in their order; lazily, for a row that is unfolded. Nothing for what has none. */
  rows(parent: Ref): readonly ChildRow[] | Promise<readonly ChildRow[]>
  /** One of its rows looks different now, or all rows below a parent are to be asked for again. */
  readonly onDidChange?: Event<ChildRow | Ref>
}

export type ContainerChildren = ChildSource<ContainerRef>
export type ImageChildren = ChildSource<ImageRef>

/** All rows below a parent. A source that fails does not take the others along. */
export async function childrenOf<Ref>(sources: readonly ChildSource<Ref>[], parent: Ref): Promise<readonly ChildRow[]> {
  const lists = await Promise.all(sources.map((source, index) => rowsOrWords(async () => await source.rows(parent), `failed ${index}`)))
  return lists.flat()
}

/** What `read` gives, or one row that says why it failed: a row must not spin for ever. */
export async function rowsOrWords(read: () => Promise<readonly ChildRow[]>, id = 'failed'): Promise<readonly ChildRow[]> {
  try {
    return await read()
  } catch (error) {
    return [{ look: failedLook(id, sentenceOf(error)) }]
  }
}

function failedLook(id: string, sentence: string): ItemLook {
  return {
    id,
    label: sentence,
    icon: { name: 'warning', color: 'problemsWarningIcon.foreground' },
    tooltip: sentence,
    flags: ['failed'],
    spoken: l10n.t('This could not be read. {0}', sentence),
  }
}
