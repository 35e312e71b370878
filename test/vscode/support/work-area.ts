/** Editors, terminals and the status bar. */
import type { Frame, Page } from 'playwright-core'
import { until } from './until.ts'

/** Titles of the open editors of all groups. */
export async function editorTitles(page: Page): Promise<string[]> {
  const tabs = page.locator('.editor-group-container .tabs-container .tab')
  return await tabs.evaluateAll((all) => all.map((tab) => tab.getAttribute('data-resource-name') ?? ''))
}

/** The lines of the active editor that can be seen. */
export async function editorText(page: Page): Promise<string> {
  const lines = await page.locator('.editor-group-container.active .editor-instance .view-line').evaluateAll((all) =>
    all
      .map((line) => ({ top: Number.parseFloat(line.style.top), text: line.textContent ?? '' }))
      .sort((left, right) => left.top - right.top)
      .map(({ text }) => text),
  )
  // Spaces are drawn as those that do not break.
  return lines.join('\n').replaceAll('\u00a0', ' ')
}

/** Waits until the active editor's text has something in it. */
export async function untilEditorText(page: Page, text: string | RegExp): Promise<string> {
  const look = (): Promise<string> => editorText(page)
  return await until(`an editor with ${text}`, async () => found(await look(), text), look)
}

/** Clicks into the active editor and types. */
export async function typeInEditor(page: Page, text: string): Promise<void> {
  await page.locator('.editor-group-container.active .editor-instance .view-lines').first().click()
  await page.keyboard.type(text)
}

/** Waits until a webview, which is a page in a frame in a frame, shows something; its frame. */
export async function untilWebview(page: Page, text: string | RegExp): Promise<Frame> {
  const shows = async (frame: Frame): Promise<boolean> => found(await frame.locator('body').innerText().catch(notDrawn), text) !== undefined
  return await until(
    `a webview with ${text}`,
    async () => {
      for (const frame of webviews(page)) if (await shows(frame)) return frame
      return undefined
    },
    async () => await Promise.all(webviews(page).map((frame) => frame.locator('body').innerText().catch(notDrawn))),
  )
}

/** Waits until a webview shows something; all its text. */
export async function untilWebviewText(page: Page, text: string | RegExp): Promise<string> {
  const look = async (): Promise<string[]> =>
    await Promise.all(webviews(page).map((frame) => frame.locator('body').innerText().catch(notDrawn)))
  return await until(`a webview with ${text}`, async () => (await look()).find((shown) => found(shown, text) !== undefined), look)
}

function webviews(page: Page): Frame[] {
  return page.frames().filter((frame) => frame.name() !== '' && frame.parentFrame()?.parentFrame() === page.mainFrame())
}

// The frame may go while it is looked at.
function notDrawn(): string {
  return ''
}

/** Lines of the active terminal, without the empty ones at the end. */
export async function terminalText(page: Page): Promise<string> {
  const lines = await page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts()
  return lines
    .map((line) => line.replaceAll('\u00a0', ' ').trimEnd())
    .join('\n')
    .trimEnd()
}

/** Waits until the active terminal shows something. */
export async function untilTerminalText(page: Page, text: string | RegExp): Promise<string> {
  const look = (): Promise<string> => terminalText(page)
  return await until(`a terminal with ${text}`, async () => found(await look(), text), look)
}

/** Types into the active terminal, key by key; `\n` is Enter. */
export async function typeInTerminal(page: Page, text: string): Promise<void> {
  const input = page.locator('.terminal-wrapper.active textarea.xterm-helper-textarea')
  await input.focus()
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) await page.keyboard.press('Enter')
    await page.keyboard.type(line)
  }
}

/** Names of the open terminals: of the list beside them, or of the one there is. */
export async function terminalNames(page: Page): Promise<string[]> {
  const several = await page.locator('.tabs-list .terminal-tabs-entry .label-name').allInnerTexts()
  if (several.length > 0) return several
  return await page.locator('.panel .single-terminal-tab').allInnerTexts()
}

/** Texts of the status bar, from the left. */
export async function statusBarTexts(page: Page): Promise<string[]> {
  const texts = await page.locator('.statusbar .statusbar-item .statusbar-item-label').allInnerTexts()
  return texts.map((text) => text.replaceAll('\u00a0', ' ').trim()).filter((text) => text !== '')
}

/** Waits for an item of the status bar. */
export async function untilStatusBar(page: Page, text: string | RegExp): Promise<string> {
  return await until(
    `${text} in the status bar`,
    async () => (await statusBarTexts(page)).find((item) => found(item, text) !== undefined),
    () => statusBarTexts(page),
  )
}

/** Clicks an item of the status bar. */
export async function clickStatusBar(page: Page, text: string): Promise<void> {
  await page.locator('.statusbar .statusbar-item', { hasText: text }).first().click()
}

function found(where: string, text: string | RegExp): string | undefined {
  const isThere = typeof text === 'string' ? where.includes(text) : text.test(where)
  return isThere ? where : undefined
}
