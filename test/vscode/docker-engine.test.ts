/** The same views on Docker's own daemon, a client of whose API is all that Pocker is here. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUSYBOX_IMAGE } from '../../scripts/bench/dockerd.ts'
import { untilTrue } from './support/until.ts'
import { useDocker } from './support/use-docker.ts'

const VIEW = 'Containers'

const { skip, inEditor, docker } = useDocker()

test(
  'its containers are shown in their states, and the host by its name',
  { skip },
  inEditor(async ({ vscode }) => {
    const run = (name: string, ...words: string[]) => docker('run', '-d', '--network', 'none', '--name', name, ...words)
    await vscode.openSideBar('Pocker')
    await vscode.untilRow('Images', `${BUSYBOX_IMAGE}:latest`)
    await vscode.untilWelcome(VIEW, 'Nothing is running here.\nRun a Container')
    await run('web', BUSYBOX_IMAGE, 'sleep', '1000')
    await run('failed', BUSYBOX_IMAGE, 'sh', '-c', 'exit 3')
    await run(
      'sick',
      '--health-cmd',
      'echo refused; false',
      '--health-interval',
      '1s',
      '--health-retries',
      '1',
      BUSYBOX_IMAGE,
      'sleep',
      '1000',
    )
    await run('halted', BUSYBOX_IMAGE, 'sleep', '1000')
    await docker('pause', 'halted')
    await vscode.untilRow(VIEW, 'web', ({ icon }) => icon === 'circle-large-filled')
    await vscode.untilRow(VIEW, 'failed', ({ icon, description }) => icon === 'error' && description.startsWith('exited 3'))
    await vscode.untilRow(VIEW, 'sick', ({ icon, description }) => icon === 'warning' && description.startsWith('unhealthy: refused'))
    await vscode.untilRow(VIEW, 'halted', ({ icon }) => icon === 'debug-pause')
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => /^Docker \d\S* · 2 running$/.test(description))
    await vscode.screenshot('docker-states')
  }),
)

test(
  'they are stopped, started and removed there',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('kill', 'sick', 'halted')
    await vscode.menu(VIEW, 'web')
    await vscode.chooseFromMenu('Pause Container')
    await vscode.untilRow(VIEW, 'web', ({ icon }) => icon === 'debug-pause')
    await vscode.pressRowButton(VIEW, 'web', 'Resume Container')
    await vscode.untilRow(VIEW, 'web', ({ icon }) => icon === 'circle-large-filled')
    await vscode.click(VIEW, 'failed')
    await vscode.press('Delete')
    // What can go is listed as it is in that moment.
    await untilTrue('failed to go', async () => (await vscode.rows(VIEW)).every(({ label }) => label !== 'failed'))
    for (const name of ['sick', 'halted']) await vscode.untilRow(VIEW, name, ({ icon }) => icon === 'stop-circle')
    await vscode.runCommand('Pocker: Remove Stopped Containers…')
    await vscode.untilQuickInput('what can go', ({ rows }) => rows.length === 2)
    await vscode.press('Enter')
    await untilTrue(
      'them to go',
      async () => (await vscode.rows(VIEW)).length === 1,
      () => vscode.rows(VIEW),
    )
    assert.deepEqual((await docker('ps', '-a', '--format', '{{.Names}}')).split('\n'), ['web'])
  }),
)

test(
  'its images get names and go',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('tag', BUSYBOX_IMAGE, 'second:1')
    await vscode.untilRow('Images', 'second:1', ({ description }) => /^[\d.]+ MB · used by 1$/.test(description))
    await vscode.menu('Images', 'second:1')
    await vscode.chooseFromMenu('Remove Image')
    await untilTrue('the name to go', async () => (await vscode.rows('Images')).every(({ label }) => label !== 'second:1'))
    await vscode.untilRow('Images', `${BUSYBOX_IMAGE}:latest`)
    assert.doesNotMatch(await docker('images', '--format', '{{.Repository}}'), /second/)
  }),
)

test(
  'its volumes are shown with who uses them; their files are said to be for Pocker hosts',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('volume', 'create', 'docker-data')
    await docker('create', '--network', 'none', '--name', 'volume-user', '-v', 'docker-data:/data', BUSYBOX_IMAGE, 'true')
    await vscode.untilRow('Volumes', 'docker-data', ({ description }) => description.includes('in use by volume-user'))
    await vscode.expand('Volumes', 'docker-data')
    await vscode.untilRow('Volumes', 'Files', ({ description }) => description === 'only on Pocker hosts')
    await docker('rm', 'volume-user')
    await docker('volume', 'rm', 'docker-data')
    await untilTrue('the row to go', async () => (await vscode.rows('Volumes')).every(({ label }) => label !== 'docker-data'))
  }),
)

test(
  'its networks are shown with who is in them',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.untilRow('Networks', 'none', ({ description }) => description === 'no network but itself · in use by web')
    await vscode.expand('Networks', 'none')
    await vscode.untilRow('Networks', 'web', ({ description }) => description === 'running')
    assert.deepEqual(await vscode.rowButtons('Networks', 'none'), [])
    await vscode.screenshot('docker-networks')
  }),
)
