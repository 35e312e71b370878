/**
 * Texts for people, in their language. `vscode.l10n.t` would do, but files that know no editor are tested without one. The extension gives
 * the editor's translations once at its start; without them texts are as they are written.
 */
let translations: Readonly<Record<string, string>> = {}

/** Takes the translations by the English text, as `vscode.l10n.bundle` has them. */
export function useTranslations(bundle: Readonly<Record<string, string>>): void {
  translations = bundle
}

/**
 * The text in the user's language, with `{0}`, `{1}` … replaced by `values`. The text must be written out as one plain string where this is called:
 * `npm run check` collects these strings for translators.
 */
export function t(text: string, ...values: readonly (string | number)[]): string {
  const translated = Object.hasOwn(translations, text) ? (translations[text] ?? text) : text
  return translated.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole))
}
