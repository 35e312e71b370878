/** Logs in a real VS Code, of containers of a real helper. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bigLogLine, writeBigLog } from '../support/big-log.ts'
import { startHelper, whyNoHelper } from '../support/helper.ts'
import { whyNoEditor } from './support/editor.ts'
import { untilStored } from './support/stored.ts'
import { until } from './support/until.ts'
import { useEditor } from './support/use-editor.ts'
import type { Vscode } from './support/vscode.ts'

const skip = whyNoHelper() ?? whyNoEditor() ?? false
const helper = skip === false ? await startHelper() : undefined
const { inEditor } = useEditor({
  env: { POCKER_HOST: `unix://${helper?.socket}` },
  files: { 'x.py': 'first\nsecond\n' },
})
after(async () => await helper?.[Symbol.asyncDispose]())

async function docker(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = (await helper?.docker(words, { timeout: 60_000 })) ?? assert.fail('no helper')
  assert.equal(code, 0, stderr)
  return stdout.trimEnd()
}

/** Runs a shell script as a container. */
async function run(name: string, script: string, ...flags: string[]): Promise<string> {
  return await docker('run', '-d', '--name', name, ...flags, 'host', 'sh', '-c', script)
}

// A program of the window: the types of its world are none of the tests'.
const colourOf = (part: object): unknown =>
  Reflect.get(Object(Reflect.apply(Reflect.get(globalThis, 'getComputedStyle'), undefined, [part])), 'color')

const hasText =
  (text: string) =>
  (all: readonly { readonly value: string }[]): boolean =>
    all.some(({ value }) => value.includes(text))

/** Milliseconds in which a link leads somewhere: a second click would be one on what it has led to. */
const FOLLOWED = 3000

/** Follows a link. What is below the pointer is drawn anew as soon as the key is down, and once more when the link is known. */
async function follow({ page }: Vscode, text: string, hasWorked: () => Promise<boolean>): Promise<void> {
  const link = page.locator('.editor-instance .detected-link', { hasText: text }).first()
  let clicked = Number.NEGATIVE_INFINITY
  await until(`what ${text} leads to`, async () => {
    if (await hasWorked()) return true
    if (performance.now() - clicked < FOLLOWED) return undefined
    const box = (await link.isVisible()) ? await link.boundingBox({ timeout: 500 }).catch(() => null) : null
    if (box === null) return undefined
    await page.keyboard.down('Control')
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await page.keyboard.up('Control')
    clicked = performance.now()
    return undefined
  })
}

/** The first row once the view has come to rest: where the wheel has been turned, more of it may still be on its way. */
async function restingFirstRow(vscode: Vscode): Promise<string> {
  return await until('the view to rest', async () => {
    const before = await firstRow(vscode)
    await sleep(RESTS)
    return (await firstRow(vscode)) === before ? before : undefined
  })
}

/** Milliseconds in which a log that is followed moves on many times. */
const RESTS = 1500

async function openLog(vscode: Vscode, name: string): Promise<void> {
  await vscode.openSideBar('Pocker')
  await vscode.untilRow('Containers', name)
  await vscode.runCommand('Pocker: Show Container Log')
  await vscode.choose(name)
  await vscode.untilTrue(`the editor ${name}.log`, async () => (await activeTab(vscode)) === `${name}.log`)
}

const activeTab = async ({ page }: Vscode) =>
  await page.locator('.tabs-container [role="tab"][aria-selected="true"]').first().getAttribute('data-resource-name')
const lastRow = async (vscode: Vscode) => (await vscode.editorText()).trimEnd().split('\n').at(-1) ?? ''
const firstRow = async (vscode: Vscode) => (await vscode.editorText()).split('\n')[0] ?? ''
const isFollowing = async ({ page }: Vscode) =>
  await page.locator('.editor-actions .action-label[aria-label^="Following"]').first().isVisible()

test(
  'a log opens from its row, in colours, and goes with what is written until the user scrolls',
  { skip },
  inEditor(async ({ vscode }) => {
    await run('web', 'printf "\\033[32mgreen\\033[0m\\n"; i=0; while :; do echo "line $i"; i=$((i+1)); sleep 0.05; done')
    await vscode.openSideBar('Pocker')
    await vscode.untilRow('Containers', 'web')
    await vscode.pressRowButton('Containers', 'web', 'Show Container Log')
    await vscode.untilEditorText(/line \d{2,}/)
    // More than the window shows.
    await vscode.untilTrue(
      'the log to move on',
      async () => /line \d{3}/.test(await firstRow(vscode)) || /line [6-9]\d/.test(await lastRow(vscode)),
    )
    await vscode.untilTrue('the log to be followed', () => isFollowing(vscode))
    const { page } = vscode
    await page.mouse.move(800, 400)
    await vscode.untilTrue('the log to be left alone', async () => {
      await page.mouse.wheel(0, -100)
      return !(await isFollowing(vscode))
    })
    const top = await restingFirstRow(vscode)
    const { length } = (await docker('logs', 'web')).split('\n')
    await until('more lines', async () => ((await docker('logs', 'web')).split('\n').length > length + 20 ? true : undefined))
    assert.equal(await firstRow(vscode), top)
    await page.locator('.editor-instance .view-lines').first().click()
    await vscode.press('Control+Home')
    await vscode.untilEditorText('green')
    const part = (text: RegExp) => page.locator('.editor-instance .view-line span', { hasText: text }).last()
    await vscode.untilTrue(
      'the colour',
      async () => (await part(/^green$/).evaluate(colourOf)) !== (await part(/^line/).evaluate(colourOf)),
    )
    await vscode.openSideBar('Explorer')
    await vscode.doubleClick('Explorer', 'x.py')
    await vscode.untilEditorText('second')
    await page.locator('.tab', { hasText: 'web.log' }).click()
    await vscode.untilEditorText('green')
    await page.locator('.editor-instance .view-lines').first().click()
    await vscode.press('Control+End')
    await vscode.untilTrue('following again', () => isFollowing(vscode))
    const seen = await lastRow(vscode)
    await vscode.untilTrue('newer lines', async () => (await lastRow(vscode)) !== seen)
    await vscode.press('Shift+Home')
    await vscode.untilTrue('the marked text to be left where it is', async () => !(await isFollowing(vscode)))
  }),
)

test(
  'each life has its rule: by hand, by policy, out of memory, removed, made anew',
  { skip },
  inEditor(async ({ vscode }) => {
    await run('lives', 'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done')
    await openLog(vscode, 'lives')
    await vscode.untilEditorText('up')
    await docker('restart', 'lives')
    await vscode.untilEditorText(/── restarted \d\d:\d\d:\d\d, exit 7 ──\nup/)
    await docker('rm', '-f', 'lives')
    await vscode.untilEditorText(/── ended \d\d:\d\d:\d\d, exit 137 ──\n── removed \d\d:\d\d:\d\d ──/)
    await run('lives', 'echo another; sleep 1000')
    await vscode.untilEditorText(/── made anew \d\d:\d\d:\d\d ──\nanother/)
    await run('greedy', 'echo eating; sleep 1; tail /dev/zero', '--memory', '20m', '--restart', 'on-failure:1')
    await openLog(vscode, 'greedy')
    await vscode.untilEditorText(
      /eating\n(.*\n)*── restarted \d\d:\d\d:\d\d, exit 137, out of memory ──\neating\n(.*\n)*── ended \d\d:\d\d:\d\d, exit 137, out of memory ──/,
    )
    await vscode.screenshot('logs-lives')
  }),
)

test(
  'times and a filter are asked for, and are there again when the window is',
  { skip },
  inEditor(async ({ vscode, reload }) => {
    await run('kept', 'for i in 1 2 3 4 5 6 7 8 9 10; do echo "GET /$i"; echo "oops $i" >&2; done; sleep 1000')
    await openLog(vscode, 'kept')
    await vscode.untilEditorText('GET /10')
    await vscode.runCommand('Pocker: Timestamps…')
    await vscode.choose('Date and time')
    await vscode.untilEditorText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} GET \/1$/m)
    await vscode.runCommand('Pocker: Filter Lines…')
    await vscode.fill('/(/')
    await vscode.untilQuickInput('what is wrong', ({ message }) => message.includes('no regular expression'))
    await vscode.answer('/ [13]\\b|1$/')
    await vscode.untilEditorText(/only lines that match/)
    const shown = (await vscode.editorText()).split('\n').map((row) => row.slice(24))
    assert.deepEqual(shown.filter((row) => /GET|oops/.test(row)).sort(), ['GET /1', 'oops 1', 'oops 3'])
    await untilStored(vscode, 'the filter', hasText('/ [13]'))
    await untilStored(vscode, 'the open log', hasText('/Pocker/local/kept.log'))
    await reload()
    await vscode.page.locator('.tab', { hasText: 'kept.log' }).click()
    await vscode.untilEditorText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} oops 3/)
    assert.doesNotMatch(await vscode.editorText(), /GET \/2/)
    await vscode.runCommand('Pocker: Clear Filter')
    await vscode.untilEditorText('GET /2')
    await vscode.runCommand('Pocker: Streams…')
    await vscode.choose('stderr')
    await vscode.untilTrue('stdout to go', async () => !/GET/.test(await vscode.editorText()))
  }),
)

test(
  'a log of a gigabyte opens in a moment, is read page by page, searched and gone about in',
  { skip },
  inEditor(async ({ vscode }) => {
    assert.ok(helper !== undefined)
    const id = await docker('create', '--name', 'big', 'host', 'true')
    const { lines, bytes } = writeBigLog(helper, id, 1 << 30)
    await vscode.openSideBar('Pocker')
    await vscode.untilRow('Containers', 'big')
    const begin = performance.now()
    await vscode.pressRowButton('Containers', 'big', 'Show Container Log')
    await vscode.untilEditorText(bigLogLine(lines - 1).slice(0, 40))
    console.log(
      `opened ${(bytes / 1e9).toFixed(2)} GB in ${(performance.now() - begin).toFixed(0)} ms, from the click to the text in the window`,
    )
    await vscode.runCommand('Pocker: Go to Beginning of Log')
    await vscode.untilEditorText(bigLogLine(0).slice(0, 40))
    await vscode.page.locator('.editor-instance .view-lines').first().click()
    await vscode.press('Control+End')
    await vscode.untilEditorText('later lines are not shown')
    const last = bigLogLine(4999).slice(0, 13)
    assert.ok((await vscode.editorText()).includes(last))
    await vscode.page.locator('.codelens-decoration a', { hasText: 'Show Later' }).click()
    await vscode.untilEditorText(bigLogLine(5000).slice(0, 13))
    assert.ok((await vscode.editorText()).includes(last), 'the view has moved')
    const wanted = bigLogLine(100_000).slice(0, 20)
    await vscode.runCommand('Pocker: Search in the Whole Log…')
    await vscode.answer(wanted.toUpperCase())
    const found = await vscode.untilQuickInput('the line', ({ rows }) => rows.some(({ label }) => label.startsWith(wanted)))
    assert.equal(found.rows.length, 1)
    await vscode.press('Enter')
    await vscode.untilEditorText(wanted)
    await vscode.screenshot('logs-big')
    await vscode.runCommand('Pocker: Go to End of Log')
    await vscode.untilEditorText(bigLogLine(lines - 1).slice(0, 40))
    await docker('rm', '-f', 'big')
  }),
)

test(
  'a whole log is saved',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    await run('saved', 'for i in $(seq 1 12000); do echo "line $i"; done; printf "\\033[31mred\\033[0m"; sleep 1000')
    await openLog(vscode, 'saved')
    await vscode.untilEditorText('red')
    await vscode.runCommand('Pocker: Save Whole Log…')
    const path = join(workspace, 'saved.log')
    // The dialog puts a path of its own into its field, a moment after it is there.
    await vscode.untilQuickInput('the path', ({ value }) => value.endsWith('/saved.log'))
    await vscode.answer(path)
    await vscode.choose('Without times')
    const text = await until('the file', async () => {
      try {
        return readFileSync(path, 'utf8')
      } catch {
        return undefined // not there yet
      }
    })
    assert.equal(text, `${Array.from({ length: 12_000 }, (_, index) => `line ${index + 1}\n`).join('')}\u001b[31mred\u001b[0m\n`)
  }),
)

test(
  'ten megabytes on one line, and bytes that are no text',
  { skip },
  inEditor(async ({ vscode }) => {
    await run(
      'odd',
      'echo before; head -c 10000000 /dev/zero | tr "\\0" x; echo; printf "nul \\0 bell \\a bad \\377 \\r\\n10%%\\r50%%\\rdone\\n"; printf "no end"; sleep 1000',
    )
    await openLog(vscode, 'odd')
    await vscode.untilEditorText('no end')
    const rows = (await vscode.editorText()).split('\n')
    assert.deepEqual([rows[0], ...rows.slice(2)], ['before', 'nul ␀ bell ␇ bad \ufffd ', 'done', 'no end'])
    await vscode.page.locator('.editor-instance .view-lines').first().click()
    await vscode.press('Control+Home')
    await vscode.press('ArrowDown')
    await vscode.press('End')
    await follow(vscode, 'Show the whole line', async () => (await activeTab(vscode)) === 'odd line.log')
    await vscode.untilEditorText('xxxxx')
  }),
)

test(
  'files that a log names are opened: those of the open folder where they are',
  { skip },
  inEditor(async ({ vscode, workspace, troubles }) => {
    writeFileSync(join(workspace, 'x.py'), 'first\nsecond\n')
    await run(
      'links',
      'echo "Error: at f (/app/x.py:2:3)"; echo "listening on http://localhost:8080/"; sleep 1000',
      '-v',
      `${workspace}:/app`,
    )
    await openLog(vscode, 'links')
    await follow(vscode, '/app/x.py:2:3', async () => (await vscode.editorText()).startsWith('first\nsecond'))
    await vscode.untilStatusBar('Ln 2, Col 3')
    await openLog(vscode, 'links')
    troubles.expect(/“links” does not publish port 8080/)
    await follow(vscode, 'localhost:8080', async () => (await vscode.notifications()).length > 0)
    await vscode.untilNotification(/“links” does not publish port 8080/)
  }),
)

test(
  'what is written faster than it can be shown is skipped, and what follows is there',
  { skip },
  inEditor(async ({ vscode }) => {
    await run('flood', 'sleep 2; timeout 4 yes "a short line"; echo calm; sleep 1000', '--log-opt', 'max-size=50m')
    await openLog(vscode, 'flood')
    await vscode.untilEditorText(/^calm$/m)
    await vscode.page.locator('.editor-instance .view-lines').first().click()
    await vscode.press('Control+Home')
    await vscode.untilEditorText(/lines before .* are not shown/)
  }),
)

test(
  'a container without a log, an engine that goes and comes back, and several logs as one',
  { skip },
  inEditor(async ({ vscode }) => {
    await run('silent', 'echo x; sleep 1000', '--log-driver', 'none')
    await openLog(vscode, 'silent')
    await vscode.untilEditorText(/silent has no log/)
    for (const name of ['one', 'two'])
      await run(name, `i=0; while :; do echo "${name} $i"; i=$((i+1)); sleep 0.2; done`, '-l', 'com.docker.compose.project=shop')
    await vscode.runCommand('Pocker: Show Container Logs Together…')
    await vscode.choose('shop')
    await vscode.untilEditorText(/one \| one \d+\n(.*\n)*two \| two \d+/)
    await helper?.restart('SIGKILL')
    const seen = Number(/\d+$/.exec(await lastRow(vscode))?.[0] ?? 0)
    await vscode.untilTrue('the log to go on', async () => Number(/(?:one|two) (\d+)$/.exec(await lastRow(vscode))?.[1] ?? 0) > seen + 5)
    const rows = (await vscode.editorText()).split('\n').filter((row) => row.includes('|'))
    assert.equal(new Set(rows).size, rows.length, 'a line is there twice')
  }),
)
