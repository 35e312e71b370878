/** Pocker and Docker on one machine: both are rows, and what happens on one is done there. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { BUSYBOX_IMAGE, type Dockerd, startDockerd } from '../../scripts/bench/dockerd.ts'
import { dockerCli } from '../support/docker.ts'
import { startHelper, type TestHelper, whyNoHelper } from '../support/helper.ts'
import { makeRootfs, whyNoRootfs } from '../support/rootfs.ts'
import { useEditor } from './support/use-editor.ts'
import { dockerOf } from './support/use-helper.ts'

const VIEW = 'Containers'
const DOCKER = 'Docker (DOCKER_HOST)'
const stack = new AsyncDisposableStack()
let helper: TestHelper
let dockerd: Dockerd

const used = useEditor(async () => {
  await using rootfs = await makeRootfs()
  const started = await startDockerd(rootfs.path)
  if (typeof started === 'string') throw new Error(`start dockerd: ${started}`)
  dockerd = stack.use(started)
  helper = stack.use(await startHelper())
  await dockerOf(helper, ['run', '-d', '--name', 'ours', 'host', 'sleep', '1000'])
  const words = ['run', '-d', '--network', 'none', '--name', 'theirs', BUSYBOX_IMAGE, 'sleep', '1000']
  const { code, stderr } = await dockerCli(dockerd.socket, words, { timeout: 60_000 })
  assert.equal(code, 0, stderr)
  return { env: { POCKER_HOST: `unix://${helper.socket}`, DOCKER_HOST: `unix://${dockerd.socket}` } }
})
after(async () => await stack.disposeAsync())
const { inEditor } = used
const skip = whyNoHelper() ?? whyNoRootfs() ?? used.skip

test(
  'hosts are rows, each with what is on it',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilRow(VIEW, 'theirs', ({ level }) => level === 2)
    await vscode.untilRow('Images', `${BUSYBOX_IMAGE}:latest`, ({ level }) => level === 2)
    await vscode.untilRows(
      VIEW,
      ['1 this machine | 1 running', '2 ours | host', `1 ${DOCKER} | 1 running`, `2 theirs | ${BUSYBOX_IMAGE}`],
      ({ level, label, description }) => `${level} ${label} | ${description}`,
    )
    assert.match((await vscode.untilRow(VIEW, 'theirs')).spoken, /on Docker \(DOCKER_HOST\)$/)
    await vscode.untilRow('Hosts', DOCKER, ({ description }) => /^Docker \d\S* · 1 running$/.test(description))
    await vscode.screenshot('two-hosts')
  }),
)

test(
  'both are acted on together, each by its own engine',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.click(VIEW, 'ours')
    const theirs = vscode.page.locator('.pane-body .monaco-list-row', { hasText: 'theirs' }).first()
    await theirs.click({ modifiers: ['Control'] })
    await vscode.menu(VIEW, 'ours')
    await vscode.chooseFromMenu('Pause Container')
    await vscode.untilRow(VIEW, 'ours', ({ icon }) => icon === 'debug-pause')
    await vscode.untilRow(VIEW, 'theirs', ({ icon }) => icon === 'debug-pause')
    await vscode.untilRow(VIEW, DOCKER, ({ description }) => description === 'nothing runs')
  }),
)

test(
  'one that is lost leaves the other as it was',
  { skip },
  inEditor(async ({ vscode }) => {
    await helper.end()
    await vscode.untilRow(VIEW, 'this machine', ({ description }) => description === 'not running')
    await vscode.untilRows(VIEW, ['this machine', 'ours', DOCKER, 'theirs'])
    // What is below a row is drawn after the row.
    await vscode.untilTrue('nothing to press', async () => (await vscode.rowButtons(VIEW, 'ours')).length === 0)
    assert.notDeepEqual(await vscode.rowButtons(VIEW, 'theirs'), [])
    await helper.restart()
    await vscode.untilRow(VIEW, 'this machine', ({ description }) => description !== 'not running')
    await vscode.untilRow(VIEW, 'ours', ({ level }) => level === 2)
  }),
)
