/** Dragging: rows with the mouse, and files of the machine that the browser runs on. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from 'playwright-core'
import { untilDone } from './until.ts'

/** Drags with the mouse from one element to the middle of another; once more where it was drawn anew under the mouse, and `isTaken` does not hold. */
export async function dragTo(page: Page, from: Locator, to: Locator, isTaken: () => Promise<boolean>): Promise<void> {
  await untilDone('what is dragged to be taken', { isDone: isTaken, act: () => dragOnce(page, from, to), patience: TAKING })
}

/** Milliseconds in which something comes of it. */
const TAKING = 5000

async function dragOnce(page: Page, from: Locator, to: Locator): Promise<void> {
  const start = await boxOf(from)
  const end = await boxOf(to)
  await page.mouse.move(start.x + 70, start.y + start.height / 2)
  await page.mouse.down()
  // The browser takes it for a drag only after some way, and VS Code shows where it may be dropped once the mouse has rested there.
  await page.mouse.move(start.x + 90, start.y + start.height / 2, { steps: 5 })
  const [x, y] = [end.x + Math.min(end.width / 2, 200), end.y + end.height / 2]
  await page.mouse.move(x, y, { steps: 10 })
  await sleep(300)
  await page.mouse.move(x + 3, y + 1, { steps: 3 })
  await page.mouse.up()
}

/** Drops files on an element, as from a file manager. */
export async function dropFiles(page: Page, target: Locator, files: Readonly<Record<string, string>>): Promise<void> {
  // As text: these names are the page's and not Node's.
  const dataTransfer = await page.evaluateHandle(`
    (() => {
      const data = new DataTransfer()
      for (const [name, content] of Object.entries(${JSON.stringify(files)})) data.items.add(new File([content], name, { type: 'text/plain' }))
      return data
    })()
  `)
  for (const type of ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(type, { dataTransfer })
}

async function boxOf(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await element.boundingBox()
  if (box === null) throw new Error('drag: it is not drawn')
  return box
}
