/** What a window has stored in its browser, which waits for nothing when the window is left. */
import { until } from './until.ts'
import type { Vscode } from './vscode.ts'

export interface Stored {
  readonly key: string
  readonly value: string
}

// A program of the window, as text: the types of its world are none of the tests'.
const STORED = `(async () => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result) })
  const text = (value) => typeof value === 'string' ? value : String(JSON.stringify(value))
  const found = []
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name))
    for (const storeName of database.objectStoreNames) {
      const store = database.transaction(storeName).objectStore(storeName)
      const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())])
      keys.forEach((key, index) => found.push({ key: text(key), value: text(values[index]) }))
    }
    database.close()
  }
  return found
})()`

/** Waits until what the window has stored is as wanted. */
export async function untilStored({ page }: Vscode, what: string, check: (all: readonly Stored[]) => boolean): Promise<void> {
  await until(`${what} in the window's storage`, async () => (check(await page.evaluate<Stored[]>(STORED)) ? true : undefined))
}
