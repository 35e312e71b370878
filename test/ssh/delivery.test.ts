/** The helper comes to a host that has nothing but sshd, whatever its accounts are like. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { Remote } from '../../ssh/remote.ts'
import { remoteOf, writeSshConfig } from '../support/ssh-client.ts'
import { makeSshMachine, type SshMachine, whyNoSshMachine } from '../support/ssh-machine.ts'

/** One request over a connection of the host's. */
export async function get(remote: Remote, path: string): Promise<unknown> {
  const stream = await remote.openEngine()
  return await new Promise((resolve, reject) => {
    const asking = request({ path, createConnection: () => stream }, async (response) => {
      let text = ''
      for await (const piece of response) text += String(piece)
      resolve(JSON.parse(text))
    })
    asking.once('error', reject)
    asking.end()
  })
}

describe('delivery', { skip: whyNoSshMachine() }, () => {
  let machine: SshMachine
  before(async () => {
    machine = await makeSshMachine({
      accounts: [
        { name: 'ops', uid: 70_201, sudo: 'ALL=(ALL) NOPASSWD: ALL' },
        { name: 'dev', uid: 70_202, sudo: 'ALL=(ALL) ALL' },
        { name: 'nosudo', uid: 70_203 },
        { name: 'root', uid: 0 },
      ],
    })
  })
  after(() => machine[Symbol.asyncDispose]())

  test('a user with sudo gets it there, and the second time finds it', async () => {
    const remote = remoteOf(writeSshConfig(machine, { user: 'ops' }))
    const began = performance.now()
    await remote.connect({ questions: undefined })
    console.log('first', performance.now() - began)
    const version = await get(remote, '/version')
    assert.equal(Reflect.get(Object(version), 'ApiVersion'), '1.47')
    remote.disconnect()
    const again = performance.now()
    await remote.connect({ questions: undefined })
    console.log('second', performance.now() - again)
    remote.disconnect()
  })
})
