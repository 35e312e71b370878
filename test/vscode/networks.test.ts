/** The view "Networks", ports of containers in the browser, and both in "Run". */
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryFolder } from '../support/folders.ts'
import { runChecked } from '../support/run.ts'
import { makeSite, TITLE } from './support/site.ts'
import { useHelper } from './support/use-helper.ts'
import type { Vscode } from './support/vscode.ts'

const VIEW = 'Networks'
const CONTAINERS = 'Containers'

const COMPOSE = '/usr/bin/docker-compose'
const PROJECT = `version: '3.8'
services:
  web:
    image: site:1
    ports: ['8090:80']
    networks: [front, back]
    depends_on: { db: { condition: service_healthy } }
  cache:
    image: site:1
    networks: [back]
  db:
    image: site:1
    networks: [back]
    volumes: ['data:/data']
    healthcheck: { test: ['CMD', 'wget', '-qO', '/dev/null', 'http://db/'], interval: 1s, retries: 20 }
volumes: { data: {} }
networks:
  front:
  back: { internal: true }
`

const { skip, inEditor, docker, helper } = useHelper({ prepare: makeSite, hasNetwork: true })

async function untilGone(vscode: Vscode, view: string, label: string): Promise<void> {
  await vscode.untilTrue(`no row ${label}`, async () => (await vscode.rows(view)).every((row) => row.label !== label))
}

/** The address of the page that the act opens, and its title. */
async function opened(vscode: Vscode, act: () => Promise<void>): Promise<{ url: string; title: string }> {
  const coming = vscode.page.context().waitForEvent('page')
  await act()
  const page = await coming
  // It is empty at first.
  await page.waitForURL(/^http/)
  const found = { url: page.url(), title: await page.title() }
  await page.close()
  return found
}

test(
  'an image that serves is run with its port, and its page opened from its row',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilRow('Images', 'site:1')
    await vscode.runCommand('Pocker: Run…')
    await vscode.choose('site:1')
    const { rows } = await vscode.untilQuickInput('the review', (input) => input.rows.some(({ label }) => label === 'Ports'))
    await vscode.screenshot('networks-run')
    const row = (name: string) => rows.find(({ label }) => label === name)?.description
    assert.equal(row('Ports'), '80 → 80 · 127.0.0.1: only this machine reaches it')
    assert.equal(row('Network'), 'default')
    await vscode.press('Enter')
    await vscode.untilRow(CONTAINERS, 'site', ({ description }) => description.includes('80→80'))
    assert.ok((await vscode.rowButtons(CONTAINERS, 'site')).includes('Open in Browser'))
    const { url, title } = await opened(vscode, () => vscode.pressRowButton(CONTAINERS, 'site', 'Open in Browser'))
    assert.deepEqual([url, title], ['http://127.0.0.1/', TITLE])
    await vscode.screenshot('networks-row')
  }),
)

test(
  'a network is created, and says who is in it as containers are connected and leave',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    // VS Code's own: a row that is drawn anew while it asks for what is below it.
    troubles.expect(/No tree item with id '\d\/thing /)
    await vscode.untilRow(VIEW, 'bridge', ({ description }) => /^[\d./]+ · in use by site$/.test(description))
    await vscode.screenshot('networks-predefined')
    await vscode.runCommand('Pocker: Create Network…')
    await vscode.fill('bridge')
    await vscode.untilQuickInput('that the name is taken', ({ message }) => message.includes('There is a network “bridge” already'))
    await vscode.answer('shop')
    const { description } = await vscode.untilRow(VIEW, 'bridge')
    await vscode.fill(description.split(' ')[0] ?? '')
    await vscode.untilQuickInput('that the subnet is taken', ({ message }) => message.includes('overlaps'))
    await vscode.screenshot('networks-overlap')
    await vscode.answer('10.55.0.0/24')
    await vscode.untilQuickInput('what it may be', ({ rows }) => rows.length === 2)
    await vscode.screenshot('networks-create')
    await vscode.press('Enter')
    await vscode.untilRow(VIEW, 'shop', ({ description }) => description === '10.55.0.0/24 · unused')
    await vscode.menu(VIEW, 'shop')
    await vscode.screenshot('networks-menu')
    await vscode.chooseFromMenu('Connect Container to Network…')
    await vscode.choose('site')
    await vscode.untilRow(VIEW, 'shop', ({ description }) => description === '10.55.0.0/24 · in use by site')
    await vscode.expand(VIEW, 'shop')
    await vscode.untilRow(VIEW, 'site', ({ description }) => description === '10.55.0.2')
    assert.match(await docker('inspect', '--format', '{{json .NetworkSettings.Networks}}', 'site'), /10\.55\.0\.2/)
    await vscode.screenshot('networks-members')
    await vscode.pressRowButton(VIEW, 'site', 'Disconnect Container from Network')
    await vscode.untilRow(VIEW, 'shop', ({ description }) => description === '10.55.0.0/24 · unused')
    // Of one that does not run, an engine tells nothing.
    await docker('create', '--name', 'idle', 'site:1')
    await vscode.untilRow(CONTAINERS, 'idle')
    await vscode.menu(VIEW, 'shop')
    await vscode.chooseFromMenu('Connect Container to Network…')
    await vscode.choose('idle')
    await vscode.untilRow(VIEW, 'shop', ({ description }) => description === '10.55.0.0/24 · in use by idle')
  }),
)

test(
  'a network is inspected, and removed when nothing is in it',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    await vscode.click(VIEW, 'shop')
    await vscode.menu(VIEW, 'shop')
    await vscode.chooseFromMenu('Inspect Network')
    await vscode.untilWebviewText('10.55.0.0/24')
    await vscode.screenshot('networks-page')
    troubles.expect(/in use by idle/)
    await vscode.menu(VIEW, 'shop')
    await vscode.chooseFromMenu('Remove Network')
    await vscode.untilNotification(/“shop” is in use by idle/)
    await vscode.screenshot('networks-in-use')
    await vscode.runCommand('Notifications: Clear All Notifications')
    await docker('rm', 'idle')
    await vscode.untilRow(VIEW, 'shop', ({ description }) => description.includes('unused'))
    await vscode.pressRowButton(VIEW, 'shop', 'Remove Network')
    await untilGone(vscode, VIEW, 'shop')
    assert.deepEqual(await vscode.rowButtons(VIEW, 'bridge'), [])
  }),
)

test(
  'a prune shows what would go',
  { skip },
  inEditor(async ({ vscode }) => {
    for (const name of ['old1', 'old2']) await docker('network', 'create', name)
    await vscode.untilRow(VIEW, 'old2')
    await vscode.runCommand('Pocker: Remove Unused Networks…')
    await vscode.untilQuickInput('the preview', ({ rows }) => rows.map(({ label }) => label).join() === 'old1,old2')
    await vscode.screenshot('networks-prune')
    await vscode.press('Enter')
    await untilGone(vscode, VIEW, 'old1')
    await untilGone(vscode, VIEW, 'old2')
  }),
)

test(
  'of several ports it is asked which, and on which address; the network can be chosen for a run',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('rm', '-f', 'site')
    await docker(
      'run',
      '-d',
      '--name',
      'many',
      '-p',
      '0.0.0.0:8081:80',
      '-p',
      '[::1]:8082:80',
      '-p',
      '8083:80',
      '-p',
      '5353:53/udp',
      'site:1',
    )
    await vscode.untilRow(CONTAINERS, 'many', ({ description }) => description.includes('*:8081→80'))
    const tooltip = await vscode.hover(CONTAINERS, 'many')
    for (const port of ['*:8081→80', '8082→80', '8083→80', '5353→53/udp']) assert.ok(tooltip.includes(port), `${port}: ${tooltip}`)
    await vscode.screenshot('networks-ports')
    for (const label of ['localhost:8081', 'localhost:8083']) {
      const { title } = await opened(vscode, async () => {
        await vscode.pressRowButton(CONTAINERS, 'many', 'Open in Browser')
        await vscode.choose(label)
      })
      assert.equal(title, TITLE)
    }
    await docker('network', 'create', '--internal', '--subnet', '10.66.0.0/24', 'inner')
    await vscode.runCommand('Pocker: Run…')
    await vscode.choose('site:1')
    await vscode.choose('Network')
    await vscode.untilQuickInput('the networks', ({ rows }) => rows.some(({ label }) => label === 'inner'))
    await vscode.screenshot('networks-choose')
    await vscode.choose('inner')
    await vscode.untilQuickInput('the choice', ({ rows }) =>
      rows.some(({ label, description }) => label === 'Network' && description === 'inner'),
    )
    await vscode.leaveQuickInput()
  }),
)

test(
  'where nothing listens yet, that is said',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    await docker('rm', '-f', 'many')
    await docker('run', '-d', '--name', 'silent', '-p', '8084:80', 'site:1', 'sleep', '1000')
    await vscode.untilRow(CONTAINERS, 'silent', ({ description }) => description.includes('8084→80'))
    troubles.expect(/Nothing answers/)
    await vscode.pressRowButton(CONTAINERS, 'silent', 'Open in Browser')
    await vscode.untilNotification('Nothing answers at localhost:8084 yet.')
    await vscode.screenshot('networks-silent')
    await vscode.runCommand('Notifications: Clear All Notifications')
    await docker('rm', '-f', 'silent')
  }),
)

test(
  'a project of docker-compose is one group, with its networks, and its page is opened',
  { skip: skip || (existsSync(COMPOSE) ? false : 'no docker-compose: npm test as root installs it') },
  inEditor(async ({ vscode }) => {
    await using folder = makeTemporaryFolder('compose')
    const file = join(folder.path, 'docker-compose.yml')
    writeFileSync(file, PROJECT)
    const env = { PATH: process.env.PATH, HOME: folder.path, DOCKER_HOST: `unix://${helper().socket}` }
    const compose = (...words: string[]) => runChecked(COMPOSE, ['-p', 'shop', '-f', file, ...words], { env, timeout: 120_000 })
    await compose('up', '-d')
    await vscode.untilRow(CONTAINERS, 'shop', ({ description }) => description.includes('3'))
    const { icon } = await vscode.untilRow(CONTAINERS, 'shop_web_1', ({ description }) => description.includes('8090→80'))
    assert.match(icon, /^circle-large-filled/)
    await vscode.untilRow(VIEW, 'shop_front', ({ description }) => description.includes('in use by shop_web_1'))
    await vscode.untilRow(VIEW, 'shop_back', ({ description }) => /internal · in use by .* and 1 more/.test(description))
    assert.match(await vscode.hover(VIEW, 'shop_back'), /Project: shop/)
    await vscode.screenshot('networks-compose')
    const { title } = await opened(vscode, () => vscode.pressRowButton(CONTAINERS, 'shop_web_1', 'Open in Browser'))
    assert.equal(title, TITLE)
    await compose('down', '-v')
    await untilGone(vscode, CONTAINERS, 'shop')
    await untilGone(vscode, VIEW, 'shop_back')
  }),
)
