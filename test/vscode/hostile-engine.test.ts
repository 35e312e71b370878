/** An engine that is out for harm: whatever its names hold, they are shown as text, and nothing of them runs. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fakeEngine } from '../../src/testing/fake-engine.ts'
import { useEditor } from './support/use-editor.ts'

const HOSTILE = `<img src=x onerror="document.title='run'">$(bell)[a](command:workbench.action.quit)\u202e`
const SHOWN = `<img src=x onerror="document.title='run'">`
const id = 'a'.repeat(64)
const ending = new AsyncDisposableStack()

const { skip, inEditor } = useEditor(async () => {
  const engine = await fakeEngine({ after: (end) => ending.defer(async () => await end()) })
  engine.containers = [{ Id: id, Names: [`/${HOSTILE}`], Image: HOSTILE, Labels: { [HOSTILE]: HOSTILE } }]
  const json = (call: string, value: unknown) => engine.handlers.set(call, (_request, response) => void response.end(JSON.stringify(value)))
  json(`GET /containers/${id}/json`, {
    Id: id,
    Name: `/${HOSTILE}`,
    State: { Status: HOSTILE, Error: HOSTILE },
    Config: { Image: HOSTILE, Cmd: [HOSTILE], Env: [`${HOSTILE}=${HOSTILE}`], Labels: { [HOSTILE]: HOSTILE } },
    Mounts: [{ Type: HOSTILE, Source: HOSTILE, Destination: HOSTILE }],
  })
  json(`GET /containers/${id}/top`, { Titles: ['UID', 'PID', 'PPID', 'TIME', 'CMD'], Processes: [[HOSTILE, '7', '1', HOSTILE, HOSTILE]] })
  json(`GET /pocker/containers/${id}/trace`, {
    startedAt: '2026-01-01T00:00:00Z',
    total: 1,
    steps: [{ step: HOSTILE, part: 'helper', microseconds: 1, calls: [{ call: HOSTILE, operands: HOSTILE }] }],
  })
  json('GET /system/df', { Containers: [{ Id: id, Names: [`/${HOSTILE}`], Status: HOSTILE, SizeRw: 1 }], Volumes: [{ Name: HOSTILE }] })
  engine.handlers.set(`GET /containers/${id}/stats`, (_request, response) => {
    for (const second of [1, 2])
      response.write(`${JSON.stringify({ read: `2026-01-01T00:00:0${second}Z`, memory_stats: { usage: 1, limit: 2 } })}\n`)
  })
  return { env: { POCKER_HOST: `unix://${engine.socket}` } }
})
after(async () => await ending.disposeAsync())

const NAME = `${HOSTILE.replace('$(', '$\u200c(').replace('\u202e', '\ufffd')}`

for (const [command, page] of [
  ['Show Statistics', 'CPU'],
  ['Inspect Container', 'Isolation and limits'],
  ['Show Run Trace', 'Steps'],
] as const) {
  test(
    `${command} shows the text and runs nothing of it`,
    { skip },
    inEditor(async ({ vscode }) => {
      await vscode.openSideBar('Pocker')
      await vscode.menu('Containers', NAME)
      await vscode.chooseFromMenu(command)
      const frame = await vscode.untilWebview(page)
      await vscode.untilWebviewText(SHOWN)
      assert.equal(await frame.locator('img').count(), 0)
      assert.equal(await frame.locator('a').count(), 0)
      assert.notEqual(await frame.title(), 'run')
      await vscode.screenshot(`hostile ${command}`)
      await vscode.runCommand('View: Close All Editors')
    }),
  )
}

test(
  'disk use and processes, too',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Show Disk Use')
    await vscode.untilWebviewText(SHOWN)
    await vscode.expand('Containers', NAME)
    await vscode.expand('Containers', 'Processes (1)')
    await vscode.untilTrue('the process', async () =>
      (await vscode.rows('Containers')).some(({ level, label }) => level === 3 && label.startsWith('<img')),
    )
    await vscode.screenshot('hostile rows')
    await vscode.runCommand('View: Close All Editors')
  }),
)
