/** Images go from this machine's helper to another's, and back, and only what is missing goes. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { writeBulkyLayout } from '../support/bulky-image.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { startHelper, type TestHelper, whyNoHelper } from '../support/helper.ts'
import { run, runChecked } from '../support/run.ts'
import { writeSshConfig } from '../support/ssh-client.ts'
import { makeSshMachine, type SshMachine, whyNoSshMachine } from '../support/ssh-machine.ts'

const program = join(import.meta.dirname, '../../dist/pocker')

describe('copying images between hosts', { skip: whyNoSshMachine() ?? whyNoHelper() }, () => {
  let machine: SshMachine
  let helper: TestHelper
  let folder: TemporaryFolder
  let env: NodeJS.ProcessEnv
  before(async () => {
    folder = makeTemporaryFolder('copy')
    helper = await startHelper()
    machine = await makeSshMachine({ accounts: [{ name: 'ops', uid: 70_501, sudo: 'ALL=(ALL) NOPASSWD: ALL' }] })
    env = { PATH: process.env.PATH, HOME: writeSshConfig(machine, { user: 'ops' }), POCKER_HOST: `unix://${helper.socket}` }
    await writeBulkyLayout(join(folder.path, 'image'), { name: 'bulky:1', layers: 3, megabytes: 2, files: 10 })
    await runChecked('sh', ['-c', 'cd "$0" && tar -cf ../image.tar .', join(folder.path, 'image')])
    const loaded = await helper.pocker(['load', '-i', join(folder.path, 'image.tar')])
    assert.equal(loaded.code, 0, loaded.stderr)
    const ready = await run(program, ['-H', 'ssh://box', 'ps'], { env })
    assert.equal(ready.code, 0, ready.stderr)
  })
  after(async () => {
    await machine[Symbol.asyncDispose]()
    await helper[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  const idOf = async (host: string, name: string) =>
    (await run(program, ['-H', host, 'inspect', '--type', 'image', '--format', '{{.Id}}', name], { env })).stdout.trim()

  test('all of one that is not there, and nothing of one that is', async () => {
    const before = machine.link.sent
    const first = await run(program, ['image', 'copy', '--to', 'ssh://box', 'bulky:1'], { env })
    assert.equal(first.code, 0, first.stderr)
    assert.match(first.stdout, /Loaded image: bulky:1/)
    assert.ok(machine.link.sent - before > 6_000_000)
    assert.equal(await idOf('ssh://box', 'bulky:1'), await idOf(`unix://${helper.socket}`, 'bulky:1'))
    const again = machine.link.sent
    const second = await run(program, ['image', 'copy', '--to', 'ssh://box', 'bulky:1'], { env })
    assert.equal(second.code, 0, second.stderr)
    assert.ok(machine.link.sent - again < 100_000, `${machine.link.sent - again} bytes for nothing new`)
  })

  test('of one that shares layers only its own layer goes', async () => {
    for (const words of [
      ['create', '--name', 'more', 'bulky:1', '/none'],
      ['commit', 'more', 'bulky:2'],
      ['rm', 'more'],
    ]) {
      const { code, stderr } = await helper.pocker(words)
      assert.equal(code, 0, stderr)
    }
    const before = machine.link.sent
    const copied = await run(program, ['image', 'copy', '--to', 'ssh://box', 'bulky:2'], { env })
    assert.equal(copied.code, 0, copied.stderr)
    assert.ok(machine.link.sent - before < 200_000, `${machine.link.sent - before} bytes`)
    assert.equal(await idOf('ssh://box', 'bulky:2'), await idOf(`unix://${helper.socket}`, 'bulky:2'))
  })

  test('an image that is not there, and the machine’s own, are refused', async () => {
    for (const name of ['nothing:1', 'host']) {
      const { code, stdout } = await run(program, ['image', 'copy', '--to', 'ssh://box', name], { env })
      assert.deepEqual([code, stdout], [1, ''])
    }
    const nowhere = await run(program, ['image', 'copy', 'bulky:1'], { env })
    assert.equal(nowhere.code, 1)
  })

  test('back again, to an engine of this machine', async () => {
    await helper.pocker(['rmi', 'bulky:2'])
    const copied = await run(program, ['-H', 'ssh://box', 'image', 'copy', '--to', `unix://${helper.socket}`, 'bulky:2'], { env })
    assert.equal(copied.code, 0, copied.stderr)
    assert.notEqual(await idOf(`unix://${helper.socket}`, 'bulky:2'), '')
  })
})
