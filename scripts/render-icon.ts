/** `scripts/with-node.sh scripts/render-icon.ts`: makes media/icon.png of media/icon.svg, for galleries take no SVG. Needs chromium. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const media = join(import.meta.dirname, '../media')
const SIZE = 256

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } })
  await page.goto(pathToFileURL(join(media, 'icon.svg')).href)
  await page.screenshot({ path: join(media, 'icon.png'), omitBackground: true })
} finally {
  await browser.close()
}
