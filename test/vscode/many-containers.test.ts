/** A thousand containers: the view shows them all, and one that changes is drawn soon. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestHelper } from '../support/helper.ts'
import { untilTrue } from './support/until.ts'
import { useHelper } from './support/use-helper.ts'

const COUNT = 1000
const VIEW = 'Containers'

const { skip, inEditor, docker } = useHelper({ prepare: makeMany })

async function makeMany({ request }: TestHelper): Promise<void> {
  const names = Array.from({ length: COUNT }, (_, index) => `c${String(index).padStart(4, '0')}`)
  const work = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      const { status } = await request('POST', `/containers/create?name=${name}`, { Image: 'host', Cmd: ['sleep', '1000'] })
      assert.equal(status, 201)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
}

test(
  'all of a thousand are shown, from the first to the last',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilRow(VIEW, 'c0000')
    await vscode.click(VIEW, 'c0000')
    await vscode.press('End')
    await vscode.untilRow(VIEW, 'c0999')
    await vscode.screenshot('containers-1000')
  }),
)

test(
  'one that starts is drawn within a second, and nothing is scrolled away',
  { skip },
  inEditor(async ({ vscode }, context) => {
    // Of three, for the machine may do something else just then.
    const names = ['c0995', 'c0996', 'c0997']
    const times: number[] = []
    for (const name of names) {
      await docker('start', name)
      const began = performance.now()
      await vscode.untilRow(VIEW, name, ({ icon }) => icon === 'circle-large-filled')
      times.push(performance.now() - began)
      await vscode.untilTrue('the badge', async () => (await vscode.badge('Pocker')) === String(times.length))
    }
    const words = `${times.map((time) => time.toFixed(0)).join(', ')} ms`
    context.diagnostic(`drawn ${words} after docker start had ended`)
    assert.ok(Math.min(...times) < 1000, words)
    assert.ok((await vscode.rows(VIEW)).some(({ label }) => label === 'c0999'))
    await docker('rm', '-f', ...names)
    await untilTrue('them to go', async () => !(await vscode.rows(VIEW)).some(({ label }) => names.includes(label)))
  }),
)

test(
  'a filter over all of them follows the keys',
  { skip },
  inEditor(async ({ vscode }, context) => {
    await vscode.runCommand('Pocker: Filter Containers…')
    const began = performance.now()
    await vscode.fill('c050')
    await vscode.untilRow(VIEW, 'c0500')
    context.diagnostic(`filtered within ${(performance.now() - began).toFixed(0)} ms`)
    await vscode.press('Enter')
    await vscode.untilRows(
      VIEW,
      Array.from({ length: 10 }, (_, index) => `c050${index}`),
    )
  }),
)
