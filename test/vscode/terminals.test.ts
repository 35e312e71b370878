/** A shell in a container, as somebody sees it who opens one: what it shows, its size, its end. */
import assert from 'node:assert/strict'
import { loadavg } from 'node:os'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { until, untilTrue } from './support/until.ts'
import { useContainers } from './support/use-containers.ts'
import type { Vscode } from './support/vscode.ts'

const { skip, inEditor, engine } = useContainers({ settings: { 'terminal.integrated.tabs.enabled': true } })

test(
  'the button of a row opens a shell with the right size, colours and name',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.pressRowButton('Containers', 'web', 'Open Terminal')
    await vscode.untilTerminalText(/^root@\w+:\/# ?$/)
    assert.deepEqual(
      (await vscode.terminalNames()).map((name) => name.trim()),
      ['web · bash'],
    )
    const { columns, rows } = await sizeOf(vscode)
    await vscode.typeInTerminal('clear; stty size; echo $TERM $COLORTERM; printf "\\033[31mred\\033[0m é漢\\n"\n')
    const text = await vscode.untilTerminalText('red é漢')
    assert.ok(text.startsWith(`${rows} ${columns}\nxterm-256color truecolor\n`), text)
    const red = vscode.page.locator('.terminal-wrapper.active .xterm-rows span', { hasText: /^red$/ })
    assert.match((await red.getAttribute('class')) ?? '', /xterm-fg-1\b/)
    await vscode.screenshot('terminal')
  }),
)

test(
  'a shell knows the new size when the window gives it another',
  { skip },
  inEditor(async ({ vscode }) => {
    const before = await sizeOf(vscode)
    await vscode.runCommand('View: Toggle Maximized Panel')
    const after = await until('another size', async () => {
      const now = await sizeOf(vscode)
      return now.rows > before.rows ? now : undefined
    })
    // The shell is told by another way than what is typed takes.
    const wanted = new RegExp(`^${after.rows} ${after.columns}\n`)
    let asked = 0
    await until('the shell to know', async () => {
      await vscode.typeInTerminal(`clear; stty size; echo a""sked ${++asked}\n`)
      const text = await vscode.untilTerminalText(new RegExp(`^\\d+ \\d+\nasked ${asked}\n`))
      return wanted.test(text) ? text : undefined
    })
    await vscode.runCommand('View: Toggle Maximized Panel')
  }),
)

test(
  '5 MB of output are shown in a moment, while the window goes on',
  { skip },
  inEditor(async ({ vscode }) => {
    const { page } = vscode
    await vscode.typeInTerminal("clear; seq 1 700000; echo 'the e''nd'\n")
    const began = performance.now()
    const pause = await longestPause(page)
    await vscode.untilTerminalText(/^699999\n700000\nthe end$/m)
    console.log(`4.9 MB of output: ${(performance.now() - began).toFixed(0)} ms; the window’s longest pause meanwhile: ${pause} ms`)
    assert.ok(pause < 1000, `${pause} ms without an answer`)
  }),
)

test(
  'a file and a port in the output are links to the container’s own',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    await vscode.typeInTerminal("clear; echo '/etc/passwd:2 and http://localhost:8080/x'\n")
    await vscode.untilTerminalText(/^\/etc\/passwd:2 and/m)
    await clickLink(vscode, 'passwd', 'Open this file of the container')
    await vscode.untilEditorText('daemon:')
    assert.deepEqual(await vscode.editorTitles(), ['passwd'])
    await vscode.runCommand('View: Close All Editors')
    troubles.expect(/does not publish port 8080/)
    await clickLink(vscode, '8080', 'Open port 8080 of the container')
    await vscode.untilNotification('“web” does not publish port 8080. Edit and Recreate can publish it.')
    await vscode.runCommand('Notifications: Clear All Notifications')
  }),
)

test(
  'the end of a shell is said with its exit code; Enter opens another, Escape closes the terminal without a message',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.typeInTerminal('clear; exit 3\n')
    await vscode.untilTerminalText('── exited 3 · Enter to start again, Esc to close ──')
    await vscode.screenshot('terminal-exited')
    await vscode.press('Enter')
    await vscode.untilTerminalText(/── exited 3[\s\S]*\nroot@\w+:\/# ?$/)
    await vscode.typeInTerminal('exit 4\n')
    await vscode.untilTerminalText('exited 4')
    await vscode.press('Escape')
    await untilTrue('no terminal', async () => (await vscode.terminalNames()).length === 0)
    assert.deepEqual(await vscode.notifications(), [])
  }),
)

test(
  'Enter on a row goes to the terminal that is open, a second one is opened by its button',
  { skip },
  inEditor(async ({ vscode }) => {
    const names = async () => (await vscode.terminalNames()).map((name) => name.trim())
    const nextNames = (wanted: string[]) => untilTrue(`terminals ${wanted}`, async () => (await names()).join() === wanted.join(), names)
    await vscode.pressRowButton('Containers', 'web', 'Open Terminal')
    await nextNames(['web · bash'])
    await vscode.untilTerminalText('#')
    await vscode.runCommand('View: Toggle Panel Visibility')
    await vscode.click('Containers', 'web')
    await vscode.press('Enter')
    await vscode.untilTerminalText('#')
    await nextNames(['web · bash'])
    await vscode.pressRowButton('Containers', 'web', 'Open Terminal')
    await nextNames(['web · bash', 'web · bash'])
  }),
)

test(
  'from the click to the prompt',
  { skip },
  inEditor(async ({ vscode }) => {
    const times: number[] = []
    for (let round = 0; round < 7; round++) {
      await vscode.rowButtons('Containers', 'box')
      const measured = fromClickToPrompt(vscode.page)
      await vscode.pressRowButton('Containers', 'box', 'Open Terminal')
      times.push(await measured)
    }
    const sorted = times.toSorted((left, right) => left - right)
    console.log(`click to prompt: p50 ${sorted[3]} ms, best ${sorted[0]} ms, worst ${sorted[6]} ms, load ${loadavg()[0]?.toFixed(1)}`)
    await vscode.runCommand('Terminal: Kill All Terminals')
    await untilTrue('no terminal', async () => (await vscode.terminalNames()).length === 0)
  }),
)

test(
  'a container that is stopped, started and removed under its terminal',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.pressRowButton('Containers', 'box', 'Open Terminal')
    await vscode.untilTerminalText('/ #')
    await engine().pocker('stop', '-t', '0', 'box')
    await vscode.untilTerminalText('── box was stopped · Enter to start it again, Esc to close ──')
    await vscode.press('Enter')
    await vscode.untilTerminalText(/was stopped[\s\S]*\/ #$/)
    await engine().pocker('rm', '-f', 'box')
    await vscode.untilTerminalText('── box was removed · Esc to close ──')
    await vscode.screenshot('terminal-removed')
    await vscode.press('Escape')
  }),
)

/** What VS Code's terminal has room for: the lines of its grid, and where a line that is too long is broken. */
async function sizeOf(vscode: Vscode): Promise<{ columns: number; rows: number }> {
  await vscode.typeInTerminal("clear; head -c 900 /dev/zero | tr '\\0' x; echo\n")
  const text = await vscode.untilTerminalText(/^x+\n(x+\n)+/m)
  return {
    rows: await vscode.page.locator('.terminal-wrapper.active .xterm-rows > div').count(),
    columns: text.split('\n').filter((line) => /^x+$/.test(line))[0]?.length ?? 0,
  }
}

/** Milliseconds for which the window did not come to anything else, at most, in a second. */
async function longestPause(page: Page): Promise<number> {
  return await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const end = performance.now() + 1000
        let last = performance.now()
        let longest = 0
        const look = () => {
          const now = performance.now()
          longest = Math.max(longest, now - last)
          last = now
          if (now < end) setTimeout(look, 0)
          else resolve(Math.round(longest))
        }
        look()
      }),
  )
}

/** Milliseconds from the next press of the mouse to the frame that shows busybox's prompt in a terminal more than there are now. */
async function fromClickToPrompt(page: Page): Promise<number> {
  const handle = await page.evaluateHandle(`(() => {
    const terminals = () => document.querySelectorAll('.terminal-wrapper')
    const before = terminals().length
    return {
      time: new Promise((resolve) => addEventListener('mousedown', () => {
        const began = performance.now()
        const look = () => {
          const shown = document.querySelector('.terminal-wrapper.active .xterm-rows')?.textContent ?? ''
          if (terminals().length > before && /\\/\\s#/.test(shown)) resolve(Math.round(performance.now() - began))
          else requestAnimationFrame(look)
        }
        look()
      }, { once: true, capture: true })),
    }
  })()`)
  return await page.evaluate<number, unknown>((armed) => Reflect.get(Object(armed), 'time'), handle)
}

/** Follows a link of the terminal whose text has this in it, once its tooltip says where it leads. */
async function clickLink(vscode: Vscode, text: string, tooltip: string): Promise<void> {
  const { page } = vscode
  const row = page.locator('.terminal-wrapper.active .xterm-rows > div', { hasText: text }).last()
  // A row that is drawn anew has no place for a moment.
  const span = await until('the row', async () => (await row.locator('span', { hasText: text }).last().boundingBox()) ?? undefined)
  const line = (await row.innerText()).replaceAll('\u00a0', ' ').trimEnd()
  // The line is one span: what is wanted stands at its share of the width.
  const x = span.x + ((line.indexOf(text) + 0.5) * span.width) / line.length
  const y = span.y + span.height / 2
  await untilTrue(`the tooltip ${tooltip}`, async () => {
    await page.mouse.move(x + 2, y)
    await page.mouse.move(x, y)
    return await page.locator('.workbench-hover', { hasText: tooltip }).isVisible()
  })
  await page.keyboard.down('Control')
  await page.mouse.click(x, y)
  await page.keyboard.up('Control')
}
