/** A helper that is older than the extension goes on until the user wants the new one, and its containers after that. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { bootstrapHelper } from '../support/background.ts'
import { makeTemporaryFolder } from '../support/folders.ts'
import { makeRealPayload } from '../support/payload.ts'
import { ANNA } from '../support/users.ts'
import { PASSWORD, useAccounts } from './support/use-accounts.ts'

const folder = makeTemporaryFolder('older')
after(async () => await folder[Symbol.asyncDispose]())

const { skip, inEditor, client } = useAccounts(
  { name: 'anna', uid: ANNA, sudo: 'ALL=(ALL:ALL) ALL' },
  {
    prepare: async ({ enter }) => {
      const older = makeRealPayload(`${folder.path}/program`, '0.0.9')
      const place = { base: '/usr/local/lib', dataRoot: '/var/lib/pocker', runRoot: '/run/pocker' }
      await bootstrapHelper(place, older, { words: ['--user', String(ANNA)], prefix: enter })
    },
  },
)

test(
  'an older helper works as it is, is offered to be updated once, and its containers go on',
  { skip },
  inEditor(async ({ vscode }) => {
    using asking = client()
    const wanted = { Image: 'host', Cmd: ['sleep', '1000'], HostConfig: { NetworkMode: 'none' } }
    assert.equal((await asking.send('POST', '/containers/create?name=web', wanted)).status, 201)
    assert.equal((await asking.send('POST', '/containers/web/start')).status, 204)
    const pidOf = async () =>
      Reflect.get(Object(Reflect.get(Object((await asking.send('GET', '/containers/web/json')).body), 'State')), 'Pid')
    const before = await pidOf()
    await vscode.openSideBar('Pocker')
    await vscode.untilRow('Containers', 'web', ({ icon }) => icon === 'circle-large-filled')
    await vscode.untilNotification(/older than this extension\. Containers keep running while it is updated\./)
    await vscode.screenshot('start-older')
    await vscode.pressNotification('older than this extension', 'Update Pocker')
    const asked = await vscode.untilQuickInput('the question', ({ title }) => title === 'Administrator Rights for Pocker')
    assert.match(asked.message, /^The new version of Pocker’s program .* Password of anna:/)
    await vscode.answer(PASSWORD)
    await vscode.runCommand('Pocker: Focus on Hosts View')
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => description === 'Pocker 0.1.0 · 1 running')
    await vscode.untilRow('Containers', 'web', ({ icon }) => icon === 'circle-large-filled')
    assert.equal(await pidOf(), before)
    assert.deepEqual(await vscode.notifications(), [])
  }),
)
