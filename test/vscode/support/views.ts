/** Views in the side bar: opening them, and what their rows say. */
import type { Locator, Page } from 'playwright-core'
import { exactly, startingWith } from './exactly.ts'
import { until, untilDone, untilTrue } from './until.ts'

export interface Row {
  readonly label: string
  /** The dimmer text behind it; empty when there is none. */
  readonly description: string
  /** Names of its product icon, without `codicon-`; file icons have none. */
  readonly icon: string
  /** From 1. */
  readonly level: number
  readonly isExpanded: boolean | undefined
  readonly isSelected: boolean
  /** What a screen reader says. */
  readonly spoken: string
}

/** Shows the side bar of an entry in the activity bar. */
export async function openActivity(page: Page, name: string): Promise<void> {
  const tab = activity(page, name)
  // A click on the one that is open would close it.
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click()
  await untilTrue(`the side bar ${name}`, async () => (await tab.getAttribute('aria-selected')) === 'true')
}

/** What the entry's badge says; undefined when it has none. */
export async function badgeOf(page: Page, name: string): Promise<string | undefined> {
  const badge = activity(page, name).locator('.badge-content')
  if (!(await badge.isVisible())) return undefined
  const text = await badge.innerText()
  return text === '' ? undefined : text
}

/** A view of the open side bar, unfolded. */
export async function section(page: Page, title: string): Promise<Locator> {
  const pane = page.locator('.sidebar .pane', { has: page.locator(`.pane-header[aria-label^="${title}"]`) })
  await pane.waitFor({ state: 'attached' })
  const header = pane.locator('.pane-header').first()
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click()
  return pane
}

/** What the view says in place of rows. */
export async function welcomeOf(page: Page, title: string): Promise<string> {
  const text = (await section(page, title)).locator('.welcome-view-content').first()
  await text.waitFor()
  return (await text.innerText()).replace(/\n+/g, '\n').trim()
}

/** Waits until the view says so in place of rows. */
export async function untilWelcome(page: Page, title: string, text: string | RegExp): Promise<string> {
  return await until(
    `${text} in place of the rows of ${title}`,
    async () => {
      const said = await welcomeOf(page, title)
      return (typeof text === 'string' ? said === text : text.test(said)) ? said : undefined
    },
    () => welcomeOf(page, title),
  )
}

/** Presses a button or link of the welcome text. */
export async function pressWelcome(page: Page, title: string, name: string): Promise<void> {
  const text = (await section(page, title)).locator('.welcome-view-content').first()
  await text.locator('.monaco-button, a', { hasText: name }).first().click()
}

/** The rows that can be seen, from the top. */
export async function rowsOf(page: Page, title: string): Promise<Row[]> {
  const pane = await section(page, title)
  return await pane.locator('.monaco-list-row').evaluateAll((rows) =>
    rows
      .map((row) => ({
        at: Number(row.getAttribute('data-index')),
        label: row.querySelector('.label-name')?.textContent ?? row.querySelector('.monaco-icon-label')?.textContent ?? '',
        description: row.querySelector('.label-description')?.textContent ?? '',
        icon: [...(row.querySelector('.custom-view-tree-node-item-icon')?.classList ?? [])]
          .filter((name) => name.startsWith('codicon-'))
          .map((name) => name.slice('codicon-'.length))
          .join(' '),
        level: Number(row.getAttribute('aria-level')),
        isExpanded: row.hasAttribute('aria-expanded') ? row.getAttribute('aria-expanded') === 'true' : undefined,
        isSelected: row.getAttribute('aria-selected') === 'true',
        spoken: row.getAttribute('aria-label') ?? '',
      }))
      .sort((left, right) => left.at - right.at)
      .map(({ at: _, ...row }) => row),
  )
}

/** Waits for a row; `check` may ask for more than that it is there. */
export async function untilRow(page: Page, title: string, label: string, check: (row: Row) => boolean = () => true): Promise<Row> {
  return await until(
    `the row ${label} of ${title}`,
    async () => (await rowsOf(page, title)).find((row) => row.label === label && check(row)),
    () => rowsOf(page, title),
  )
}

/** Waits until the rows that can be seen are these and no others, each told by its label or by what `tell` says of it. */
export async function untilRows(
  page: Page,
  title: string,
  wanted: readonly string[],
  tell: (row: Row) => string = ({ label }) => label,
): Promise<void> {
  await untilTrue(
    `the rows of ${title} to be ${wanted.join(', ')}`,
    async () => (await rowsOf(page, title)).map(tell).join('\n') === wanted.join('\n'),
    async () => (await rowsOf(page, title)).map(tell),
  )
}

/** The row itself, to click on. Waits for it. */
export async function rowOf(page: Page, title: string, label: string): Promise<Locator> {
  await untilRow(page, title, label)
  // What is shown over a row where the mouse rests would lie over this one.
  await page.mouse.move(0, 0)
  const name = page.locator('.label-name, .monaco-icon-label', { hasText: exactly(label) })
  return (await section(page, title)).locator('.monaco-list-row', { has: name }).first()
}

/** Unfolds or folds a row; once more where it was drawn anew under the mouse, as whoever clicks does. */
export async function setExpanded(page: Page, title: string, label: string, state: { expanded: boolean }): Promise<void> {
  await untilDone(
    `the row ${label} of ${title} to be ${state.expanded ? 'unfolded' : 'folded'}`,
    {
      isDone: async () => (await untilRow(page, title, label)).isExpanded === state.expanded,
      act: async () => await (await rowOf(page, title, label)).locator('.monaco-tl-twistie').click(),
      patience: UNFOLDING,
    },
    async () => await rowsOf(page, title),
  )
}

/** Milliseconds in which rows come that an engine is asked for. */
const UNFOLDING = 3000

/** What is shown over the row when the mouse rests on it. */
export async function hoverText(page: Page, title: string, label: string): Promise<string> {
  const text = page.locator('.workbench-hover .hover-contents')
  const target = (await rowOf(page, title, label)).locator('.monaco-icon-label').first()
  await target.waitFor()
  await page.mouse.move(0, 0)
  await untilTrue('the last text to go', async () => (await text.count()) === 0)
  return await until(`the text over ${label}`, async () => {
    // A mouse that came before the view was ready has to move again.
    const said = (await text.allInnerTexts()).join('\n').trim()
    // An extension that has more to say is asked first.
    if (said !== '' && said !== 'Loading...') return said
    if (said !== '') return undefined
    await page.mouse.move(0, 0)
    await target.hover()
    await text.first().waitFor({ timeout: 1000 }).catch(notYet)
    return undefined
  })
}

function notYet(): void {}

/** Names of the buttons on the row. */
export async function rowButtons(page: Page, title: string, label: string): Promise<string[]> {
  const row = await rowOf(page, title, label)
  await row.hover()
  return await row.locator('.actions .action-label').evaluateAll((all) => all.map((item) => item.getAttribute('aria-label') ?? ''))
}

/** Waits until the row has these buttons and no others. */
export async function untilRowButtons(page: Page, title: string, label: string, wanted: readonly string[]): Promise<void> {
  await untilTrue(
    `the buttons of ${label} to be ${wanted.join(', ') || 'none'}`,
    async () => (await rowButtons(page, title, label)).join('\n') === wanted.join('\n'),
    () => rowButtons(page, title, label),
  )
}

/** Presses a button on the row. */
export async function pressRowButton(page: Page, title: string, label: string, name: string): Promise<void> {
  const row = await rowOf(page, title, label)
  await row.hover()
  await row.locator(`.actions .action-label[aria-label="${name}"]`).click()
}

/** Presses a button in the title of the view, or of the side bar when it has one view only. */
export async function pressTitleButton(page: Page, title: string, name: string): Promise<void> {
  const pane = await section(page, title)
  await pane.hover()
  const button = page.locator(`.sidebar .title-actions, .sidebar .pane-header .actions`).locator(`.action-label[aria-label^="${name}"]`)
  await button.first().click()
}

function activity(page: Page, name: string): Locator {
  return page.locator('.activitybar').getByRole('tab', { name: startingWith(name) })
}
