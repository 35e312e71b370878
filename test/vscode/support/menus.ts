/** Context menus, dialogs and notifications. */
import type { Locator, Page } from 'playwright-core'
import { until, untilTrue } from './until.ts'

/**
 * Opens the menu of what `target` is and returns the names in it, without separators; once more where it was drawn anew under the mouse, or
 * has gone to another place: VS Code shows other rows in the same elements, and the menu is another row's then.
 */
export async function openMenu(page: Page, target: Locator): Promise<string[]> {
  const items = page.locator('.monaco-menu .action-item:not(.disabled) > .action-menu-item .action-label:not(.separator)')
  return await until('a menu', async () => {
    const before = await target.boundingBox()
    await target.click({ button: 'right' })
    const names = await items
      .first()
      .waitFor({ timeout: 5000 })
      .then(() => items.allInnerTexts(), noMenu)
    const after = await target.boundingBox()
    if (names === undefined || (before?.x === after?.x && before?.y === after?.y)) return names
    await closeMenu(page)
    return undefined
  })
}

function noMenu(): undefined {}

/** Chooses from the menu that is open. */
export async function chooseFromMenu(page: Page, name: string): Promise<void> {
  const item = page.locator('.monaco-menu .action-menu-item', { has: page.getByText(name, { exact: true }) })
  await item.first().hover()
  // A click in its first tenth of a second is taken for the end of the one that has opened it.
  await page.keyboard.press('Enter')
}

/** Closes the menu that is open. */
export async function closeMenu(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await untilTrue('the menu to close', async () => (await page.locator('.monaco-menu').count()) === 0)
}

export interface Dialog {
  readonly message: string
  readonly detail: string
  readonly buttons: readonly string[]
}

/** The dialog that is open. Waits for it. */
export async function untilDialog(page: Page): Promise<Dialog> {
  const box = page.locator('.monaco-dialog-box')
  await box.waitFor()
  const detail = box.locator('.dialog-message-detail')
  return {
    message: (await box.locator('.dialog-message').innerText()).trim(),
    detail: (await detail.count()) === 0 ? '' : (await detail.innerText()).trim(),
    buttons: await box.locator('.dialog-buttons .monaco-button').allInnerTexts(),
  }
}

/** Presses a button of the dialog and waits for it to close. */
export async function answerDialog(page: Page, button: string): Promise<void> {
  const box = page.locator('.monaco-dialog-box')
  await box.locator('.dialog-buttons .monaco-button', { hasText: button }).first().click()
  await box.waitFor({ state: 'detached' })
}

/** Texts of the notifications on the screen, the newest first. */
export async function notifications(page: Page): Promise<string[]> {
  return await page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts()
}

/** Waits for a notification that says so; its whole text. */
export async function untilNotification(page: Page, text: string | RegExp): Promise<string> {
  return await until(
    `a notification ${text}`,
    async () => (await notifications(page)).find((found) => (typeof text === 'string' ? found.includes(text) : text.test(found))),
    () => notifications(page),
  )
}

/** Presses a button of the notification that says so. */
export async function pressNotification(page: Page, text: string, button: string): Promise<void> {
  await untilNotification(page, text)
  const toast = page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first()
  await toast.hover()
  await toast.locator('.monaco-button', { hasText: button }).first().click()
}
