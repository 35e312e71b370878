/** `Pocker: Run` as somebody meets it: the walkthrough, the palette, a row that is changed, a preset, the plan, a Dockerfile. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useHelper } from './support/use-helper.ts'
import type { Vscode } from './support/vscode.ts'

const VIEW = 'Containers'

const { skip, inEditor, docker } = useHelper({ files: { Dockerfile: 'ARG BASE=host\nFROM $BASE AS build\nRUN make\nFROM build\n' } })

async function untilReview(vscode: Vscode): Promise<Map<string, string>> {
  const { rows } = await vscode.untilQuickInput('the review', ({ title, rows: all }) => title.startsWith('Ready to run') && all.length > 5)
  return new Map(rows.map(({ label, description }) => [label, description]))
}

/** Opens a row of the review and types what it is to be. */
async function change(vscode: Vscode, row: string, text: string): Promise<void> {
  await vscode.choose(row)
  await vscode.untilQuickInput(`the question ${row}`, ({ title }) => title === row)
  await vscode.answer(text)
}

test(
  'the walkthrough has five steps, and one of its buttons asks what to run',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Welcome: Open Walkthrough...')
    await vscode.choose('First minutes with Pocker')
    const steps = vscode.page.locator('.getting-started-step')
    await vscode.untilTrue('five steps', async () => (await steps.count()) === 5)
    assert.deepEqual(
      (await steps.locator('.step-title').allInnerTexts()).map((text) => text.trim()),
      ['Find Pocker', 'Start it on this machine', 'Look at the images', 'Run a container', 'Open a shell in it'],
    )
    await vscode.screenshot('walkthrough')
    await steps.filter({ hasText: 'Run a container' }).first().click()
    await vscode.page.locator('.getting-started-step.expanded').getByText('Run a Container', { exact: true }).click()
    await vscode.untilQuickInput('what to run', ({ title }) => title.startsWith('Run: what?'))
    await vscode.leaveQuickInput()
  }),
)

test(
  'from the palette: an image is chosen, rows are changed, and its terminal answers',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    await vscode.openSideBar('Pocker')
    await vscode.runCommand('Pocker: Run…')
    await vscode.untilQuickInput('what to run', ({ rows }) => rows.some(({ label }) => label === 'host'))
    await vscode.screenshot('run-what')
    await vscode.choose('host')
    const before = await untilReview(vscode)
    assert.match(before.get('Workspace') ?? '', /^mounted at \/workspaces\//)
    assert.equal(before.get('Terminal'), 'yes')
    await vscode.screenshot('run-review')
    await change(vscode, 'Name', 'no good name')
    await vscode.untilQuickInput('what is wrong with it', ({ message }) => message.includes('A name begins with a letter'))
    await vscode.answer('palette')
    await untilReview(vscode)
    await vscode.choose('Environment')
    await vscode.choose('Add…')
    await vscode.untilQuickInput('the question for a variable', ({ message }) => message.startsWith('NAME=value'))
    await vscode.answer('GREETING=hello there')
    await vscode.choose('Done')
    const after = await untilReview(vscode)
    assert.equal(after.get('Name'), 'palette')
    assert.match(after.get('Environment') ?? '', /^1 set/)
    await vscode.choose('Run host')
    await vscode.untilRow(VIEW, 'palette', ({ icon }) => icon === 'circle-large-filled')
    await vscode.untilTerminalText(/# ?$/)
    await vscode.typeInTerminal('clear; echo "$GREETING"; pwd; touch made-inside\n')
    await vscode.untilTerminalText(/hello there\n\/workspaces\//)
    await vscode.screenshot('run-terminal')
    const [mount] = JSON.parse(await docker('inspect', '--format', '{{json .Mounts}}', 'palette'))
    assert.equal(mount.Source, workspace)
  }),
)

test(
  'what was run is offered again, is kept as a preset, and its plan is shown',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Run…')
    const { rows } = await vscode.untilQuickInput('what ran', ({ rows: all }) => all[0]?.description?.includes('1 variables') === true)
    assert.equal(rows[0]?.label, 'host')
    await vscode.press('Enter')
    await untilReview(vscode)
    await vscode.choose('Save as preset…')
    await vscode.untilQuickInput('the question for its name', ({ title }) => title === 'Save as preset')
    await vscode.answer('greeter')
    await untilReview(vscode)
    await vscode.pressQuickRow('Show the isolation plan')
    await vscode.untilWebviewText(/^host: isolation plan[\s\S]*cgroup/i)
    await vscode.screenshot('run-plan')
    await vscode.runCommand('Pocker: Run…')
    await vscode.untilQuickInput('the preset', ({ rows: all }) => all.some(({ label }) => label === 'greeter'))
    await vscode.choose('greeter')
    const review = await untilReview(vscode)
    assert.match(review.get('Environment') ?? '', /^1 set/)
    assert.notEqual(review.get('Name'), 'palette', 'a name that is taken is not suggested')
    await vscode.leaveQuickInput()
  }),
)

test(
  'a Dockerfile is run as what it begins with, in its folder',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    await vscode.openSideBar('Explorer')
    await vscode.menu('Explorer', 'Dockerfile')
    await vscode.chooseFromMenu('Run Base Image of Dockerfile…')
    const review = await untilReview(vscode)
    assert.ok(review.has('Run host'), [...review.keys()].join())
    assert.match(review.get('Workspace') ?? '', /^mounted at \/workspaces\//)
    await change(vscode, 'Name', 'based')
    assert.equal((await untilReview(vscode)).get('Name'), 'based')
    await vscode.choose('Run host')
    await vscode.openSideBar('Pocker')
    await vscode.untilRow(VIEW, 'based', ({ icon }) => icon === 'circle-large-filled')
    const [mount] = JSON.parse(await docker('inspect', '--format', '{{json .Mounts}}', 'based'))
    assert.equal(mount.Source, workspace)
  }),
)
