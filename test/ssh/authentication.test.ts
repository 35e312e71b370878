/** All ways to be let in, by a real sshd and, where that has none, by a server of the test's own. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectTo } from '../../ssh/connection/connect.ts'
import { eventually } from '../support/engine.ts'
import { runChecked } from '../support/run.ts'
import { type Answers, scriptedQuestions, writeSshConfig } from '../support/ssh-client.ts'
import { makeSshMachine, type SshMachine, whyNoSshMachine } from '../support/ssh-machine.ts'
import { makeClientHome, makeKey, startSshServer } from '../support/ssh-server.ts'

const PASSWORD = 'open sesame'

describe('authentication', { skip: whyNoSshMachine() }, () => {
  let machine: SshMachine
  before(async () => {
    machine = await makeSshMachine({ accounts: [{ name: 'dev', uid: 70_301 }], password: PASSWORD })
  })
  after(() => machine[Symbol.asyncDispose]())

  /** Connects with these lines in place of the usual key; what was asked. */
  async function connect(lines: string, answers: Answers | undefined, env: Record<string, string> = {}): Promise<readonly string[]> {
    const home = writeSshConfig(machine, { user: 'dev' })
    const config = join(home, '.ssh/config')
    writeFileSync(config, `Host box\n  HostName 127.0.0.1\n  Port ${machine.link.port}\n  User dev\n${lines}`)
    const questions = answers === undefined ? undefined : scriptedQuestions(answers)
    const connection = await connectTo({ host: 'box' }, { place: { files: { user: config, home }, env }, questions })
    const { exit, stream } = await connection.exec('exit 7')
    stream.resume()
    assert.equal(await exit, 7)
    connection.close()
    return questions?.asked ?? []
  }

  async function keyOf(type: string, passphrase: string, format = ''): Promise<string> {
    const path = join(machine.folder, `${type}${format}${passphrase === '' ? '' : '-locked'}`)
    await runChecked('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', path, ...(format === '' ? [] : ['-m', format])])
    await machine.run(['/bin/sh', '-c', 'cat >> /mnt/keys/dev'], { input: readFileSync(`${path}.pub`) })
    return path
  }

  for (const type of ['ed25519', 'ecdsa', 'rsa'])
    test(`a key of the kind ${type}, open and with a passphrase`, async () => {
      const open = await keyOf(type, '')
      assert.deepEqual(await connect(`  IdentityFile ${open}\n`, undefined), [])
      const locked = await keyOf(type, 'secret words')
      assert.deepEqual(await connect(`  IdentityFile ${locked}\n`, { passphrase: 'secret words' }), [`passphrase ${locked} 1`])
    })

  test('a key in the older format, with a passphrase', async () => {
    const locked = await keyOf('rsa', 'secret words', 'PEM')
    assert.deepEqual(await connect(`  IdentityFile ${locked}\n`, { passphrase: 'secret words' }), [`passphrase ${locked} 1`])
  })

  test('for a key that the host does not know nobody is asked for a passphrase', async () => {
    const path = join(machine.folder, 'stranger')
    await runChecked('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', path])
    assert.deepEqual(await connect(`  IdentityFile ${path}\n`, { passphrase: 'secret', password: PASSWORD }), ['password dev@box 1'])
  })

  test('a wrong passphrase is asked for three times, and then another way is tried', async () => {
    const locked = await keyOf('ed25519', 'right', 'RFC4716')
    const asked = await connect(`  IdentityFile ${locked}\n`, { passphrase: 'wrong', password: PASSWORD })
    assert.deepEqual(asked, [...[1, 2, 3].map((attempt) => `passphrase ${locked} ${attempt}`), 'password dev@box 1'])
  })

  test('a password; a wrong one three times and no more; none when nobody may be asked', async () => {
    assert.deepEqual(await connect('  IdentityFile none\n', { password: PASSWORD }), ['password dev@box 1'])
    await assert.rejects(connect('  IdentityFile none\n', { password: 'wrong' }), { code: 'ssh-auth-failed' })
    await assert.rejects(connect('  IdentityFile none\n', {}), { code: 'cancelled' })
    await assert.rejects(connect('  IdentityFile none\n', undefined), { code: 'ssh-needs-answer' })
  })

  test('the agent’s keys, and with IdentitiesOnly those alone that are named', async () => {
    const socket = join(machine.folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    try {
      const key = join(machine.folder, 'in-agent')
      await runChecked('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
      await machine.run(['/bin/sh', '-c', 'cat >> /mnt/keys/dev'], { input: readFileSync(`${key}.pub`) })
      const env = { SSH_AUTH_SOCK: socket }
      await eventually(
        'the agent answers',
        async () =>
          (await runChecked('sh', ['-c', 'ssh-add "$0" 2>/dev/null || echo no', key], { env: { ...process.env, ...env } })) === '',
      )
      await runChecked('rm', [key])
      await connect('', undefined, env)
      await connect(`  IdentityAgent ${socket}\n`, undefined)
      await connect(`  IdentitiesOnly yes\n  IdentityFile ${key}\n`, undefined, env)
      await assert.rejects(connect('  IdentitiesOnly yes\n', undefined, env), { code: 'ssh-needs-answer' })
    } finally {
      const exit = once(agent, 'exit')
      agent.kill()
      await exit
    }
  })
})

test('several questions at once, and a second factor after the key', async () => {
  const key = makeKey()
  await using server = await startSshServer({
    keys: [key],
    onAuth: (context) => {
      if (context.method === 'password') context.reject(['keyboard-interactive'], true)
      else if (context.method === 'keyboard-interactive')
        context.prompt(
          [
            { prompt: 'PIN: ', echo: false },
            { prompt: 'City: ', echo: true },
          ],
          'Hello',
          'Answer\u001b[2J',
          (answers) => (answers.join() === '1234,Berlin' ? context.accept() : context.reject()),
        )
      else context.reject(['password'])
    },
  })
  const config = `Host box\n  HostName 127.0.0.1\n  Port ${server.port}\n  User dev\n  IdentityFile none\n`
  using home = makeClientHome({ config, known_hosts: `[127.0.0.1]:${server.port} ${key.public}\n` })
  const questions = scriptedQuestions({ password: 'x', prompts: () => ['1234', 'Berlin'] })
  const connection = await connectTo({ host: 'box' }, { place: home.place, questions })
  connection.close()
  assert.deepEqual(questions.asked, ['password dev@box 1', 'prompts PIN: |City: '])
})
