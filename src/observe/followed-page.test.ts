import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from '../page/page.ts'
import { changingHost, containerOf } from '../testing/changing-host.ts'
import { showFollowedPage } from './followed-page.ts'

const pageOf = (title: string): Page => ({ title, sections: [] })

/** A page whose readings a test answers in the order that it likes. */
function followed() {
  const host = changingHost({ containers: [containerOf({ id: 'a' })] })
  const readings: PromiseWithResolvers<Page>[] = []
  const shown: string[] = []
  const tell = ({ title, notice }: Page) => void shown.push(notice === undefined ? title : `${title}: ${notice}`)
  const pages = {
    show: (_key: string, page: Page) => {
      tell(page)
      return { shown: { update: tell, onDidDispose: () => ({ dispose: () => {} }) }, isFresh: true }
    },
  }
  const opened = showFollowedPage(pages, { host, containerId: 'a' }, 'inspect', () => {
    const reading = Promise.withResolvers<Page>()
    readings.push(reading)
    return reading.promise
  })
  return { host, readings, shown, opened, settled: () => new Promise(setImmediate) }
}

test('a page shows what was asked for last, whichever answer comes first', async () => {
  const { host, readings, shown, opened, settled } = followed()
  readings[0]?.resolve(pageOf('runs'))
  await opened
  host.put(containerOf({ id: 'a', status: 'exited' }))
  host.remove('a')
  readings[2]?.reject(new Error('no such container'))
  await settled()
  readings[1]?.resolve(pageOf('has ended'))
  await settled()
  assert.deepEqual(shown, ['runs', 'runs: This container has been removed. The page shows how it was.'])
})

test('what happens while a page is first read is seen', async () => {
  const { host, readings, shown, opened, settled } = followed()
  host.put(containerOf({ id: 'b' }))
  host.put(containerOf({ id: 'a', status: 'exited' }))
  readings[0]?.resolve(pageOf('runs'))
  await opened
  readings[1]?.resolve(pageOf('has ended'))
  await settled()
  assert.deepEqual([shown, readings.length], [['runs', 'has ended'], 2])
})
