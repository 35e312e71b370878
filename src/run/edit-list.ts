import * as l10n from '@vscode/l10n'
import type { Ask, PickHeading, PickRow } from '../ask/ask.ts'
import { plainText } from '../text/plain-text.ts'

export interface ListQuestion {
  readonly title: string
  readonly prompt: string
  /** Such as `8080:80`. */
  readonly placeholder: string
  readonly entries: readonly string[]
  readonly check: (text: string) => string | undefined
  /** Further entries that can be taken over, under their heading. */
  readonly offered?: { readonly heading: string; readonly entries: readonly string[] }
  /** How a list takes one entry more, or one in place of another. */
  readonly add?: (entries: readonly string[], entry: string) => readonly string[]
}

const remove = () => ({ id: 'remove', icon: 'trash', tooltip: l10n.t('Remove') })

/** Lets a list of short texts be changed, one at a time; what was changed stays, however the list is left. */
export async function editList(ui: Ask, question: ListQuestion): Promise<readonly string[]> {
  const { title, check, add = append } = question
  let entries = question.entries
  for (;;) {
    const offered = (question.offered?.entries ?? []).filter((entry) => !entries.includes(entry))
    const answer = await ui.pick({
      title,
      placeholder: l10n.t('Enter changes a row, the arrow goes back'),
      rows: rows(question, entries, offered),
      canGoBack: true,
    })
    if (answer.kind === 'back' || answer.kind === 'left') return entries
    const [kind = '', index = ''] = answer.id.split(' ')
    const at = Number(index)
    if (kind === 'done') return entries
    if (answer.kind === 'button') {
      entries = entries.filter((_, position) => position !== at)
      continue
    }
    const value = (kind === 'entry' ? entries[at] : kind === 'offered' ? offered[at] : '') ?? ''
    const text = await ui.input({ title, prompt: question.prompt, placeholder: question.placeholder, value, check })
    if (text === undefined) continue
    entries = kind === 'entry' ? entries.with(at, text) : add(entries, text)
  }
}

function rows({ offered: heading }: ListQuestion, entries: readonly string[], offered: readonly string[]): (PickRow | PickHeading)[] {
  return [
    ...entries.map((entry, index) => ({ id: `entry ${index}`, label: plainText(entry), icon: 'edit', buttons: [remove()] })),
    { id: 'add', label: l10n.t('Add…'), icon: 'add' },
    { id: 'done', label: l10n.t('Done'), icon: 'check' },
    ...(heading === undefined || offered.length === 0 ? [] : [{ heading: heading.heading }]),
    ...offered.map((entry, index) => ({ id: `offered ${index}`, label: plainText(entry), icon: 'symbol-variable' })),
  ]
}

function append(entries: readonly string[], entry: string): readonly string[] {
  return [...entries, entry]
}
