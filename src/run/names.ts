/** Names of images and containers as they are typed. */
import * as l10n from '@vscode/l10n'
import type { Checked } from '../text/checked.ts'

const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?`
const PATH_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const REFERENCE = new RegExp(
  `^((?:${DOMAIN}/)?${PATH_PART}(?:/${PATH_PART})*)(?::([a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
)
const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/
const LONGEST = 255

export interface ImageName {
  /** Without tag and digest. */
  readonly repository: string
  /** The digest where there is one, else the tag, `latest` by default. */
  readonly tag: string
}

/** Reads an image's name such as `nginx:1.27`, `ghcr.io/me/app`, `localhost:5000/app@sha256:…`. */
export function parseImageName(text: string): Checked<ImageName> {
  const written = text.trim()
  // Longer than any name: not worth the expression's time.
  if (written.length > 2 * LONGEST) return { problem: l10n.t('This is too long for an image’s name.') }
  const match = REFERENCE.exec(written)
  const [, repository = '', tag, digest] = match ?? []
  if (match === null && /[A-Z]/.test(written)) return { problem: l10n.t('Image names are in small letters, such as nginx:1.27.') }
  if (match === null || repository.length > LONGEST || /^[0-9a-f]{64}$/.test(written)) {
    return { problem: l10n.t('This is not an image’s name. One looks like nginx:1.27 or ghcr.io/owner/app.') }
  }
  return { value: { repository, tag: digest ?? tag ?? 'latest' } }
}

/** Whether a text is an image's ID or the start of one, which nobody can pull. */
export function isImageId(text: string): boolean {
  return /^sha256:[0-9a-f]{6,64}$/.test(text) || /^[0-9a-f]{64}$/.test(text)
}

/** Reads a container's name; empty lets the engine find one. */
export function parseContainerName(text: string, taken: ReadonlySet<string>): Checked<string> {
  const name = text.trim()
  if (name === '') return { value: '' }
  if (!CONTAINER_NAME.test(name) || name.length > LONGEST) {
    return { problem: l10n.t('A name begins with a letter or digit; then letters, digits and _ . - follow.') }
  }
  if (taken.has(name)) return { problem: l10n.t('There is already a container “{0}”.', name) }
  return { value: name }
}

/** A free name after the image's: `nginx`, then `nginx-2`. Empty where the image gives none. */
export function suggestName(image: string, taken: ReadonlySet<string>): string {
  const parsed = parseImageName(image)
  const base = 'value' in parsed && !isImageId(image) ? (parsed.value.repository.split('/').at(-1) ?? '') : ''
  if (base.length < 2 || !CONTAINER_NAME.test(base)) return ''
  for (let number = 1; number <= taken.size + 1; number++) {
    const name = number === 1 ? base : `${base}-${number}`
    if (!taken.has(name)) return name
  }
  return ''
}
