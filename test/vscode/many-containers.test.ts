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
    await docker('start', 'c0995')
    const began = performance.now()
    await vscode.untilRow(VIEW, 'c0995', ({ icon }) => icon === 'circle-large-filled')
    const took = performance.now() - began
    context.diagnostic(`drawn ${took.toFixed(0)} ms after docker start had ended`)
    assert.ok(took < 1000, `${took} ms`)
    assert.ok((await vscode.rows(VIEW)).some(({ label }) => label === 'c0999'))
    assert.equal(await vscode.badge('Pocker'), '1')
    await docker('rm', '-f', 'c0995')
    await untilTrue('it to go', async () => !(await vscode.rows(VIEW)).some(({ label }) => label === 'c0995'))
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
    assert.equal((await vscode.rows(VIEW)).length, 10)
  }),
)
