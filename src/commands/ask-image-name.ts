import * as l10n from '@vscode/l10n'
import type { Ask } from '../ask/ask.ts'
import { type ImageName, parseImageName } from '../run/names.ts'
import { problemOf } from '../text/checked.ts'

/** Asks for the name that an image is to have, with a tag and without a digest. Nothing when it was left. */
export async function askImageName(
  ask: Ask,
  question: { readonly title: string; readonly prompt: string; readonly value?: string },
): Promise<ImageName | undefined> {
  const text = await ask.input({
    value: '',
    ...question,
    placeholder: 'my-app:1.0',
    // A digest is what an image is, not what it may be called.
    check: (typed) => (typed.includes('@') ? l10n.t('A name with a tag, such as my-app:1.0.') : problemOf(parseImageName(typed))),
  })
  const name = text === undefined ? undefined : parseImageName(text)
  return name === undefined || 'problem' in name ? undefined : name.value
}
