/** The palette, quick picks and input boxes: all are one widget of VS Code. */
import type { Locator, Page } from 'playwright-core'
import { exactly } from './exactly.ts'
import { until, untilTrue } from './until.ts'

export interface QuickInput {
  readonly title: string
  readonly placeholder: string
  readonly value: string
  /** What is below the field: the prompt, or what is wrong with the text. */
  readonly message: string
  readonly rows: readonly QuickRow[]
}

export interface QuickRow {
  readonly label: string
  readonly description: string
  readonly detail: string
  /** The heading above it; empty when there is none. */
  readonly heading: string
}

/**
 * Runs a command by its title, as a user would: by the palette. It is opened again when it closes before the choice: an editor that opens
 * late takes the focus, and with it the palette.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  const wanted = `>${title}`
  let typed = Number.POSITIVE_INFINITY
  await page.keyboard.press('F1')
  await untilTrue(
    `the command ${title} in the palette`,
    async () => {
      if (!(await field(page).isVisible())) await page.keyboard.press('F1')
      else if ((await field(page).inputValue()) !== wanted) {
        await field(page).fill(wanted, SOON).catch(closedMeanwhile)
        typed = performance.now()
      } else if (await quickRow(page, title).isVisible()) {
        const isClosed = await quickRow(page, title).click(WHILE_BUSY).then(notClosed, closedMeanwhile)
        return !isClosed
      } else if (performance.now() - typed > LISTING) {
        // What the commands are offered by may have been told to the window after they were listed.
        await field(page).fill('>', SOON).catch(closedMeanwhile)
      }
      return false
    },
    async () => ((await field(page).isVisible()) ? await quickInput(page) : 'no palette'),
  )
}

const SOON = { timeout: 1000 }
/** A window that is busy with what was clicked answers late: to click once more would run the command twice. */
const WHILE_BUSY = { timeout: 8000 }
/** Milliseconds in which the palette lists what fits. */
const LISTING = 2000

function notClosed(): boolean {
  return false
}

// Or so slow that it is looked at again.
function closedMeanwhile(): boolean {
  return true
}

/** What the open quick pick or input box shows. Waits for one. */
export async function quickInput(page: Page): Promise<QuickInput> {
  await field(page).waitFor()
  const rows = await widget(page)
    .locator('.quick-input-list .monaco-list-row')
    .evaluateAll((all) =>
      all
        .map((row) => ({
          at: Number(row.getAttribute('data-index')),
          label: row.querySelector('.quick-input-list-label .label-name')?.textContent ?? '',
          description: row.querySelector('.quick-input-list-label .label-description')?.textContent ?? '',
          detail: row.querySelector('.quick-input-list-label-meta')?.textContent ?? '',
          heading: row.querySelector('.quick-input-list-separator')?.textContent ?? '',
        }))
        .sort((left, right) => left.at - right.at)
        .map(({ at: _, ...row }) => row),
    )
  return {
    title: await textOf(widget(page).locator('.quick-input-title')),
    placeholder: (await field(page).getAttribute('placeholder')) ?? '',
    value: await field(page).inputValue(),
    message: await textOf(widget(page).locator('.quick-input-message')),
    rows,
  }
}

/** Waits until the widget shows what `check` asks for. */
export async function untilQuickInput(page: Page, what: string, check: (input: QuickInput) => boolean): Promise<QuickInput> {
  const look = async (): Promise<QuickInput | undefined> => ((await field(page).isVisible()) ? await quickInput(page) : undefined)
  return await until(
    what,
    async () => {
      const input = await look()
      return input !== undefined && check(input) ? input : undefined
    },
    look,
  )
}

/** Chooses the row with this label. What comes after it is there then: what is typed next does not go into the list that was. */
export async function choose(page: Page, label: string): Promise<void> {
  await untilQuickInput(page, `the row ${label}`, ({ rows }) => rows.some((row) => row.label === label))
  const list = await allText(page)
  await press(page, label)
  await untilTrue(`something else after ${label}`, async () => (await allText(page)) !== list)
}

/** Chooses a row after which the same list is shown again. */
export async function press(page: Page, label: string): Promise<void> {
  await quickRow(page, label).click()
}

/** All that the widget says, ticks included; empty when it is closed. */
async function allText(page: Page): Promise<string> {
  if (!(await field(page).isVisible())) return ''
  const parts = widget(page).locator('.quick-input-title, .quick-input-message, .quick-input-list .monaco-list-row')
  const said = await parts.evaluateAll((all) =>
    all.map((part) => `${part.textContent} ${part.querySelector('[aria-checked="true"]') !== null}`),
  )
  return said.sort().join('\n')
}

/** Presses a button of a row. */
export async function pressQuickRowButton(page: Page, label: string, button: string): Promise<void> {
  const row = quickRow(page, label)
  await row.hover()
  await row.locator(`.action-label[aria-label="${button}"]`).click()
}

/** Types into the field in place of what is there. */
export async function fillQuickInput(page: Page, text: string): Promise<void> {
  await field(page).waitFor()
  await field(page).fill(text)
}

/** Types, and confirms. */
export async function answerQuickInput(page: Page, text: string): Promise<void> {
  await fillQuickInput(page, text)
  await field(page).press('Enter')
}

/** Leaves it by Escape and waits until it is closed. */
export async function leaveQuickInput(page: Page): Promise<void> {
  await field(page).press('Escape')
  await untilQuickInputClosed(page)
}

/** Waits until no quick pick and no input box is open. */
export async function untilQuickInputClosed(page: Page): Promise<void> {
  await untilTrue('the list to close', async () => !(await field(page).isVisible()))
}

/**
 * Chooses a folder in the dialog that VS Code has in a browser. It reads the folder that was typed and takes Enter for its own until it has,
 * so Enter may have to be pressed once more; but seldom, for one that comes as the dialog closes is pressed on what had the focus before.
 */
export async function chooseFolder(page: Page, title: string, path: string): Promise<void> {
  const { rows: before } = await untilQuickInput(page, `the dialog ${title}`, (input) => input.title === title && input.rows.length > 0)
  const since = performance.now()
  let pressed = Number.NEGATIVE_INFINITY
  await fillQuickInput(page, `${path}/`)
  await untilTrue('the dialog to take the folder', async () => {
    if (!(await field(page).isVisible())) return true
    if (performance.now() - Math.max(since, pressed) < READING) {
      // Other rows than before: it has read the folder.
      const isRead = pressed < since && JSON.stringify((await quickInput(page)).rows) !== JSON.stringify(before)
      if (!isRead) return false
    }
    await page.keyboard.press('Enter')
    pressed = performance.now()
    return false
  })
}

/** Milliseconds in which the dialog reads a folder. */
const READING = 2000

/** Goes back by the arrow in the title. */
export async function goBack(page: Page): Promise<void> {
  await widget(page).locator('.quick-input-titlebar .action-label[aria-label^="Back"]').click()
}

function widget(page: Page): Locator {
  return page.locator('.quick-input-widget')
}

function field(page: Page): Locator {
  return widget(page).locator('.quick-input-box input')
}

function quickRow(page: Page, label: string): Locator {
  const name = page.locator('.quick-input-list-label .label-name', { hasText: exactly(label) })
  return widget(page).locator('.quick-input-list .monaco-list-row', { has: name }).first()
}

async function textOf(locator: Locator): Promise<string> {
  return (await locator.isVisible()) ? (await locator.innerText()).trim() : ''
}
