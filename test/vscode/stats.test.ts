/** The statistics of containers, in a tab. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Frame } from 'playwright-core'
import { faintParts } from './support/contrast.ts'
import { chooseTheme, themes } from './support/theme.ts'
import { useHelper } from './support/use-helper.ts'

const { skip, inEditor, docker, helper } = useHelper()

/** How many points the first line of a container's processor chart has. */
const pointsOf = async (frame: Frame, name: string) => {
  const section = frame.locator('section', { has: frame.locator('h2', { hasText: name }) })
  const line = await section.locator('path.line.line0').first().getAttribute('d')
  return (line?.match(/[ML]/g) ?? []).length
}

test(
  'several containers have charts that move, with their numbers as text',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    const run = (name: string, script: string) => docker('run', '-d', '--network', 'none', '--name', name, 'host', 'sh', '-c', script)
    await run('busy', 'while :; do dd if=/dev/zero of=/tmp/x bs=1M count=5 2>/dev/null; sleep 0.1; done')
    await run('calm', 'sleep 1000')
    for (const name of ['busy', 'calm']) await vscode.untilRow('Containers', name)
    await vscode.click('Containers', 'busy')
    await vscode.press('Shift+ArrowDown')
    await vscode.menu('Containers', 'busy')
    await vscode.chooseFromMenu('Show Statistics')
    const frame = await vscode.untilWebview(/busy\s+running\s+\d+ processes[\s\S]*calm\s+running/)
    const captions = await frame.locator('figcaption').allInnerTexts()
    assert.equal(captions.length, 8)
    const before = await pointsOf(frame, 'busy')
    await vscode.untilTrue('two more points', async () => (await pointsOf(frame, 'busy')) > before + 1)
    const texts = (await frame.locator('figcaption').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '))
    assert.match(texts[0] ?? '', /^CPU [\d.]+ %$/)
    assert.match(texts[1] ?? '', /^Memory [\d.]+ [kMG]?B of [\d.]+ GB$/)
    assert.match(texts[2] ?? '', /^Network in \S+ \S+\/s out \S+ \S+\/s$/)
    await vscode.screenshot('stats')
  }),
)

test(
  'it can be read in dark, light and high contrast',
  { skip },
  inEditor(async ({ vscode }) => {
    for (const theme of themes) {
      await chooseTheme(vscode, theme)
      const frame = await vscode.untilWebview('busy')
      const read = async () => await faintParts(frame)
      // The page gets the theme's colours a moment after the window.
      await vscode.untilTrue(`all to be seen in ${theme}`, async () => (await read()).faint.length === 0, read)
      assert.ok((await read()).count > 30)
      await vscode.screenshot(`stats ${theme}`)
    }
  }),
)

test(
  'a container that restarts goes on, and what was measured is there again after the tab was hidden',
  { skip },
  inEditor(async ({ vscode }) => {
    const frame = await vscode.untilWebview('busy')
    await docker('stop', '-t', '0', 'busy')
    await vscode.untilWebviewText(/busy\s+exited 137[\s\S]*no numbers/)
    await docker('start', 'busy')
    await vscode.untilWebviewText(/busy\s+running\s+\d/)
    const before = await pointsOf(frame, 'busy')
    await vscode.untilTrue('points after the restart', async () => (await pointsOf(frame, 'busy')) > before)
    const known = await pointsOf(frame, 'busy')
    await vscode.runCommand('File: New Untitled Text File')
    await vscode.untilTrue('the page to go', async () => frame.isDetached())
    await vscode.runCommand('View: Close Editor')
    const again = await vscode.untilWebview(/busy\s+running\s+\d/)
    assert.ok((await pointsOf(again, 'busy')) >= known)
  }),
)

test(
  'a reloaded window has the tab again, and it goes on',
  { skip },
  inEditor(async ({ vscode, reload }) => {
    await reload()
    // The window comes back as it was a moment before: another tab may be in front.
    await vscode.page.locator('.tab', { hasText: 'Statistics' }).click()
    const frame = await vscode.untilWebview(/busy\s+running\s+\d+ processes[\s\S]*calm\s+running/)
    await vscode.untilTrue('points', async () => (await pointsOf(frame, 'calm')) > 1)
  }),
)

test(
  'a container that is removed and a helper that is gone are told in words',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('rm', '-f', 'calm')
    await vscode.untilWebviewText(/calm\s+removed/)
    await helper().end('SIGKILL')
    await vscode.untilWebviewText(/busy\s+this machine does not answer/)
    await helper().restart()
    const frame = await vscode.untilWebview(/busy\s+running\s+\d/)
    const before = await pointsOf(frame, 'busy')
    await vscode.untilTrue('points after the helper came back', async () => (await pointsOf(frame, 'busy')) > before)
  }),
)
