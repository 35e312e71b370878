/** A page to read: headings, facts, tables. Data, so that what it says is tested without a browser. */
import * as l10n from '@vscode/l10n'

export interface Page {
  readonly title: string
  /** Beneath the title. */
  readonly subtitle?: string
  /** What must be known about all of it. */
  readonly notice?: string
  readonly sections: readonly Section[]
}

export interface Section {
  /** Empty: there is none. */
  readonly heading: string
  readonly content: Facts | Table | Text | Words | Steps | Remarks
}

export interface Facts {
  readonly kind: 'facts'
  readonly facts: readonly Fact[]
}

export interface Fact {
  readonly name: string
  readonly value: string
  /** Shown in a fixed-width font: paths, ids, commands. */
  readonly isCode?: boolean
}

export interface Table {
  readonly kind: 'table'
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns (from 0) of numbers, which end below each other. */
  readonly numbers?: readonly number[]
}

export interface Text {
  readonly kind: 'text'
  readonly text: string
}

/** Running text, where `Text` is lines as they are. */
export interface Words {
  readonly kind: 'words'
  readonly text: string
}

/** What happened one after the other; each can be unfolded. */
export interface Steps {
  readonly kind: 'steps'
  readonly steps: readonly {
    readonly title: string
    readonly note: string
    readonly amount?: string
    /** Of 1: the length of its bar. */
    readonly share?: number
    readonly lines: readonly { readonly name: string; readonly text: string }[]
  }[]
}

/** Things to know, each with what can be done about it. */
export interface Remarks {
  readonly kind: 'remarks'
  readonly remarks: readonly Remark[]
}

export interface Remark {
  readonly tone: 'good' | 'warning' | 'bad' | 'neutral'
  /** The tone in a word. */
  readonly state: string
  readonly title: string
  readonly detail: string
  readonly remedy?: string
  /** To be copied as it is. */
  readonly command?: string
}

export interface PageFrame {
  /** Of this one showing; the styles carry it and nothing else has a style. */
  readonly nonce: string
  readonly styles: string
}

/** The page as HTML in which nothing runs and nothing is loaded: whatever the texts hold, they are text. */
export function pageHtml(page: Page, { nonce, styles }: PageFrame): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<title>${escapeHtml(page.title)}</title>
<style nonce="${nonce}">${styles}</style>
</head>
<body>
<main>
<h1>${escapeHtml(page.title)}</h1>
${page.subtitle === undefined ? '' : `<p class="subtitle">${escapeHtml(page.subtitle)}</p>`}
${page.notice === undefined ? '' : `<p class="notice" role="status">${escapeHtml(page.notice)}</p>`}
${page.sections.map(sectionHtml).join('\n')}
</main>
</body>
</html>`
}

/** Text for HTML's content and its quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function sectionHtml({ heading, content }: Section): string {
  return `<section>${heading === '' ? '' : `<h2>${escapeHtml(heading)}</h2>`}${contentHtml(content)}</section>`
}

function contentHtml(content: Section['content']): string {
  switch (content.kind) {
    case 'facts':
      return `<dl>${content.facts.map(factHtml).join('')}</dl>`
    case 'table':
      return tableHtml(content)
    case 'words':
      return `<p>${escapeHtml(content.text)}</p>`
    case 'steps':
      return `<div class="steps">${content.steps.map(stepHtml).join('')}</div>`
    case 'remarks':
      return `<ul class="remarks">${content.remarks.map(remarkHtml).join('')}</ul>`
    case 'text':
      return `<pre tabindex="0">${escapeHtml(content.text)}</pre>`
  }
}

const MARKS: Readonly<Record<Remark['tone'], string>> = { good: '✓', warning: '!', bad: '✗', neutral: '?' }

function remarkHtml({ tone, state, title, detail, remedy, command }: Remark): string {
  const head = `<span class="mark ${tone}" aria-hidden="true">${MARKS[tone]}</span><b>${escapeHtml(title)}</b> <span class="note">${escapeHtml(state)}</span>`
  const action = remedy === undefined ? '' : `<p>${escapeHtml(remedy)}</p>`
  const line = command === undefined ? '' : `<pre tabindex="0">${escapeHtml(command)}</pre>`
  return `<li>${head}<p class="detail">${escapeHtml(detail)}</p>${action}${line}</li>`
}

function factHtml({ name, value, isCode }: Fact): string {
  const text = escapeHtml(value)
  return `<dt>${escapeHtml(name)}</dt><dd>${isCode === true ? `<code>${text}</code>` : text}</dd>`
}

function tableHtml({ columns, rows, numbers = [] }: Table): string {
  if (rows.length === 0) return `<p class="note">${escapeHtml(l10n.t('none'))}</p>`
  const attributes = (index: number) => (numbers.includes(index) ? ' class="number"' : '')
  const head = columns.map((name, index) => `<th scope="col"${attributes(index)}>${escapeHtml(name)}</th>`).join('')
  const row = (cells: readonly string[]) =>
    `<tr>${cells.map((cell, index) => `<td${attributes(index)}>${escapeHtml(cell)}</td>`).join('')}</tr>`
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.map(row).join('')}</tbody></table></div>`
}

function stepHtml({ title, note, amount, share, lines }: Steps['steps'][number]): string {
  // An attribute of SVG, for a style of its own the page's policy forbids.
  const width = `${(Math.max(0, Math.min(1, share || 0)) * 100).toFixed(2)}%`
  const bar = share === undefined ? '' : `<svg class="bar" aria-hidden="true"><rect width="${width}" height="100%"></rect></svg>`
  const parts = [`<span>${escapeHtml(title)}</span>`, `<span class="note">${escapeHtml(note)}</span>`]
  if (amount !== undefined) parts.push(`<span class="number">${escapeHtml(amount)}</span>`, bar)
  const calls = lines.map(({ name, text }) => `<li><code><b>${escapeHtml(name)}</b>(${escapeHtml(text)})</code></li>`).join('')
  return `<details><summary>${parts.join('')}</summary><ol>${calls}</ol></details>`
}
