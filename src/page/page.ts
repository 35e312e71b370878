/** A page to read: headings, facts, tables. Data, so that what it says is tested without a browser. */

export interface Page {
  readonly title: string
  /** Beneath the title. */
  readonly subtitle?: string
  readonly sections: readonly Section[]
}

export interface Section {
  readonly heading: string
  readonly content: Facts | Table | Text
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
}

export interface Text {
  readonly kind: 'text'
  readonly text: string
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
  return `<section><h2>${escapeHtml(heading)}</h2>${contentHtml(content)}</section>`
}

function contentHtml(content: Section['content']): string {
  switch (content.kind) {
    case 'facts':
      return `<dl>${content.facts.map(factHtml).join('')}</dl>`
    case 'table':
      return `<div class="wide"><table><thead><tr>${content.columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead><tbody>${content.rows.map(rowHtml).join('')}</tbody></table></div>`
    case 'text':
      return `<pre tabindex="0">${escapeHtml(content.text)}</pre>`
  }
}

function factHtml({ name, value, isCode }: Fact): string {
  const text = escapeHtml(value)
  return `<dt>${escapeHtml(name)}</dt><dd>${isCode === true ? `<code>${text}</code>` : text}</dd>`
}

function rowHtml(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
}
