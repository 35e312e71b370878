/** A page of a container that follows it as long as its tab is open. */
import * as l10n from '@vscode/l10n'
import type { ContainerRef } from '../commands/refs.ts'
import { containerRowOf } from '../commands/refs.ts'
import type { ModelChange } from '../model/host-model.ts'
import type { Page } from '../page/page.ts'
import type { Pages } from '../page/pages.ts'
import { plainText } from '../text/plain-text.ts'

/** Opens it. `kind` tells apart the pages that a container has. Errors: those of the first `read`. */
export async function showFollowedPage(
  pages: Pick<Pages, 'show'>,
  ref: ContainerRef,
  kind: string,
  read: () => Promise<Page>,
): Promise<void> {
  const { host, containerId } = ref
  const isOfIt = (change: ModelChange) => change.kind === 'all' || (change.kind === 'container' && change.id === containerId)
  let isOld = false
  const early = host.model.onDidChange((change) => {
    isOld ||= isOfIt(change)
  })
  let last = await read().finally(() => early.dispose())
  const { shown, isFresh } = pages.show(`${kind} ${host.id} ${containerId}`, last)
  if (!isFresh) return
  let begun = 0
  let newest = 0
  const update = async () => {
    const mine = ++begun
    const page = await read().catch(() => undefined)
    // One that was begun later may have been answered sooner.
    if (mine < newest) return
    newest = mine
    // Whatever the reason, what was read before is of before.
    shown.update(page ?? { ...last, notice: noticeOf(ref) })
    last = page ?? last
  }
  const listening = [
    host.model.watch(),
    host.onDidChangeState(update),
    host.model.onDidChange((change) => {
      if (isOfIt(change)) void update()
    }),
  ]
  shown.onDidDispose(() => {
    for (const each of listening) each.dispose()
  })
  if (isOld) void update()
}

function noticeOf(ref: ContainerRef): string {
  const label = plainText(ref.host.label)
  if (ref.host.state.kind !== 'ready') return l10n.t('{0} does not answer. The page shows how it was.', label)
  if (containerRowOf(ref) === undefined) return l10n.t('This container has been removed. The page shows how it was.')
  return l10n.t('The page could not be read again. It shows how it was.')
}
