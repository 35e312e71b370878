import { plainText } from './plain-text.ts'

// All punctuation that Markdown, its HTML, its links that need no brackets, and VS Code's icons begin with.
const PUNCTUATION = /[!-/:-@[-`{-~]/g

/** Text from an engine, fit for a MarkdownString: it shows as it is, in one line, and never is markup, a link or an icon. */
export function escapeMarkdown(text: string, limit = 300): string {
  return plainText(text, limit).replace(PUNCTUATION, '\\$&')
}
