/** A page of a container that follows it as long as its tab is open. */
import * as l10n from '@vscode/l10n'
import type { ContainerRef } from '../commands/refs.ts'
import { containerRowOf } from '../commands/refs.ts'
import type { Page } from '../page/page.ts'
import type { Pages } from '../page/pages.ts'
import { plainText } from '../text/plain-text.ts'

/** Opens it. `kind` tells apart the pages that a container has. Errors: those of the first `read`. */
export async function showFollowedPage(pages: Pages, ref: ContainerRef, kind: string, read: () => Promise<Page>): Promise<void> {
  const { host, containerId } = ref
  let last = await read()
  const { shown, isFresh } = pages.show(`${kind} ${host.id} ${containerId}`, last)
  if (!isFresh) return
  const update = async () => {
    try {
      last = await read()
      shown.update(last)
    } catch {
      // Whatever the reason, what was read before is of before.
      shown.update({ ...last, notice: noticeOf(ref) })
    }
  }
  const listening = [
    host.model.watch(),
    host.onDidChangeState(update),
    host.model.onDidChange((change) => {
      if (change.kind === 'all' || (change.kind === 'container' && change.id === containerId)) void update()
    }),
  ]
  shown.onDidDispose(() => {
    for (const each of listening) each.dispose()
  })
}

function noticeOf(ref: ContainerRef): string {
  const label = plainText(ref.host.label)
  if (ref.host.state.kind !== 'ready') return l10n.t('{0} does not answer. The page shows how it was.', label)
  if (containerRowOf(ref) === undefined) return l10n.t('This container has been removed. The page shows how it was.')
  return l10n.t('The page could not be read again. It shows how it was.')
}
