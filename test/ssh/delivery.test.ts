/** S3, S7, S8, S10, S11: the helper comes to a host that has nothing but sshd, whatever its accounts are like, and to nobody else's use. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { hostSettings } from '../../ssh/config/host-settings.ts'
import { connectTo } from '../../ssh/connection/connect.ts'
import { runAsRoot } from '../../ssh/delivery/become-root.ts'
import { programName } from '../../ssh/delivery/payload.ts'
import { runScript } from '../../ssh/delivery/run-script.ts'
import { upload } from '../../ssh/delivery/upload.ts'
import type { Remote } from '../../ssh/remote.ts'
import { makeRealPayload, makeSmallPayload } from '../support/payload.ts'
import { builtPayload, remoteOf, scriptedQuestions, writeSshConfig } from '../support/ssh-client.ts'
import { get } from '../support/ssh-get.ts'
import { makeSshMachine, type SshMachine, whyNoSshMachine } from '../support/ssh-machine.ts'

const PASSWORD = 'canary-9b1f-open'
const NOPASSWD = 'ALL=(ALL) NOPASSWD: ALL'
const ACCOUNTS = [
  { name: 'ops', uid: 70_201, sudo: NOPASSWD },
  { name: 'dev', uid: 70_202, sudo: 'ALL=(ALL) ALL' },
  { name: 'nosudo', uid: 70_203 },
  { name: 'eve', uid: 70_204 },
  {
    name: 'fishy',
    uid: 70_205,
    sudo: NOPASSWD,
    shell: '/usr/bin/fish',
    home: { '.config/fish/config.fish': 'echo "{ hello"; umask 0777\n' },
  },
  { name: 'cshy', uid: 70_206, sudo: NOPASSWD, shell: '/bin/tcsh', home: { '.cshrc': 'echo "} hello"; umask 077\n' } },
  {
    name: 'bashy',
    uid: 70_207,
    sudo: NOPASSWD,
    shell: '/bin/bash',
    home: { '.bashrc': 'echo hello; echo moan >&2; umask 0777; set -o noclobber\n' },
  },
  { name: 'tty', uid: 70_208, sudo: 'ALL=(ALL) ALL', defaults: 'requiretty' },
  {
    name: 'moaner',
    uid: 70_209,
    sudo: 'ALL=(ALL) ALL',
    defaults: 'passprompt_override,passprompt="Passwort bitte: ",badpass_message="Nein"',
  },
  { name: 'root', uid: 0 },
]
// What must not reach the helper, in every session.
const EVIL = [
  'NODE_OPTIONS=--require=/mnt/evil.cjs',
  'LD_PRELOAD=/mnt/evil.so',
  'BASH_ENV=/mnt/evil.sh',
  'HTTP_PROXY=http://evil',
  'ELECTRON_RUN_AS_NODE=1',
]

describe('delivery', { skip: whyNoSshMachine() }, () => {
  let machine: SshMachine
  before(async () => {
    machine = await makeSshMachine({ accounts: ACCOUNTS, password: PASSWORD, homes: 'noexec', config: `SetEnv ${EVIL.join(' ')}` })
    await machine.run([
      '/bin/sh',
      '-c',
      'for f in evil.cjs evil.sh; do printf "%s" "touch(/mnt/ran)" > /mnt/$f; done; echo "touch /mnt/ran" > /mnt/evil.sh',
    ])
  })
  after(() => machine[Symbol.asyncDispose]())
  afterEach(async () => {
    // Nothing half-made stays in anybody's home, and what ran goes.
    const { stdout } = await machine.run(['/usr/bin/find', '/home', '/tmp', '/var/tmp', '/root', '-name', 'pocker-*'])
    await machine.killAll()
    await machine.run(['/bin/sh', '-c', 'rm -rf /run/pocker /usr/local/lib/pocker /var/lib/pocker /tmp/pocker-* /home/*/.cache'])
    assert.equal(stdout, '')
  })

  const files = async (folder: string) => (await machine.run(['/usr/bin/ls', '-A', folder])).stdout.trim().split('\n')

  for (const name of ['ops', 'root', 'fishy', 'cshy', 'bashy'])
    test(`${name}: without a question, on homes that nothing is run from`, async () => {
      const remote = remoteOf(writeSshConfig(machine, { user: name }))
      await remote.connect({ questions: undefined })
      assert.equal(Reflect.get(Object(await get(remote, '/version')), 'ApiVersion'), '1.47')
      remote.disconnect()
      const { stdout } = await machine.run(['/usr/bin/stat', '-c', '%u %a', '/usr/local/lib/pocker'])
      assert.equal(stdout, '0 755\n')
    })

  test('dev: with a password for sudo, which is asked for once and is found nowhere', async () => {
    const questions = scriptedQuestions({ sudo: PASSWORD })
    const remote = remoteOf(writeSshConfig(machine, { user: 'dev' }))
    const seen = new Set<string>()
    const watching = setInterval(() => {
      for (const pid of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
        for (const what of ['cmdline', 'environ']) {
          try {
            if (readFileSync(`/proc/${pid}/${what}`, 'latin1').includes(PASSWORD) && Number(pid) !== process.pid) seen.add(`${pid} ${what}`)
          } catch {
            // Ended meanwhile.
          }
        }
    }, 5)
    try {
      await remote.connect({ questions })
    } finally {
      clearInterval(watching)
    }
    assert.deepEqual(questions.asked, ['sudo box 1'])
    assert.deepEqual([...seen], [])
    const found = await machine.run(['/bin/sh', '-c', `grep -rlF '${PASSWORD}' /home /run /var/lib/pocker /tmp /mnt/log; true`])
    assert.equal(found.stdout, '')
    remote.disconnect()
    await remote.connect({ questions: undefined })
    remote.disconnect()
  })

  test('a wrong password is asked for three times, and ends; so does none, and nobody to ask', async () => {
    const home = writeSshConfig(machine, { user: 'dev' })
    const questions = scriptedQuestions({ sudo: 'wrong' })
    await assert.rejects(remoteOf(home).connect({ questions }), { code: 'wrong-password' })
    assert.deepEqual(questions.asked, ['sudo box 1', 'sudo box 2', 'sudo box 3'])
    await assert.rejects(remoteOf(home).connect({ questions: scriptedQuestions({}) }), { code: 'cancelled' })
    await assert.rejects(remoteOf(home).connect({ questions: undefined }), { code: 'ssh-needs-answer' })
  })

  test('a sudo with prompts of its own in another language is understood', async () => {
    const remote = remoteOf(writeSshConfig(machine, { user: 'moaner' }))
    const outcome = await remote
      .connect({ questions: scriptedQuestions({ sudo: PASSWORD }) })
      .catch((error: unknown) => Reflect.get(Object(error), 'code'))
    remote.disconnect()
    assert.equal(outcome, undefined)
  })

  test('a sudo that wants a terminal, and no sudo at all, are told', async () => {
    const tty = remoteOf(writeSshConfig(machine, { user: 'tty' }))
    await assert.rejects(tty.connect({ questions: scriptedQuestions({ sudo: PASSWORD }) }), { code: 'sudo-requires-terminal' })
    const nosudo = remoteOf(writeSshConfig(machine, { user: 'nosudo' }))
    await assert.rejects(nosudo.connect({ questions: scriptedQuestions({ sudo: PASSWORD }) }), { code: 'no-way-to-root' })
  })

  test('an account that may run nothing is told', async () => {
    const home = writeSshConfig(machine, { user: 'nosudo' })
    await machine.run([
      '/bin/sh',
      '-c',
      'sed -i "s,^nosudo:.*,nosudo:x:70203:70203::/home/nosudo:/usr/sbin/nologin," /mnt/etc/passwd; cat /mnt/etc/passwd > /etc/passwd',
    ])
    await assert.rejects(remoteOf(home).connect({ questions: undefined }), { code: 'ssh-no-shell' })
  })

  test('who was let in by an administrator needs no right there', async () => {
    const ops = remoteOf(writeSshConfig(machine, { user: 'ops' }))
    await ops.connect({ questions: undefined })
    await machine.run(['/bin/sh', '-c', '/usr/local/lib/pocker/*/pocker grant eve'])
    const eve = remoteOf(writeSshConfig(machine, { user: 'eve' }))
    await eve.connect({ questions: undefined })
    assert.ok(Array.isArray(await get(eve, '/containers/json')))
    eve.disconnect()
    ops.disconnect()
  })

  test('a helper that was killed is started again', async () => {
    const remote = remoteOf(writeSshConfig(machine, { user: 'ops' }))
    await remote.connect({ questions: undefined })
    remote.disconnect()
    await machine.killAll()
    await remote.connect({ questions: undefined })
    await get(remote, '/version')
    remote.disconnect()
  })

  test('one that was killed under a connection is started again over it', async () => {
    const questions = scriptedQuestions({ sudo: PASSWORD })
    const remote = remoteOf(writeSshConfig(machine, { user: 'dev' }))
    await remote.connect({ questions })
    const logins = () => machine.log().match(/Accepted /g)?.length
    const before = logins()
    assert.equal(machine.kill('helper'), 1)
    // Who is told to end may still take a connection.
    while ((await tried(remote)) !== 'engine-not-there') await sleep(10)
    await remote.connect({ questions })
    await get(remote, '/version')
    assert.equal(logins(), before)
    remote.disconnect()
  })

  test('an older helper makes room for this version, where nobody has to be asked, and its containers go on', async () => {
    const older = { ...makeRealPayload(join(machine.folder, 'older'), '0.0.1'), version: '0.0.1' }
    const home = writeSshConfig(machine, { user: 'ops' })
    const before = remoteOf(home, { payload: () => older })
    await before.connect({ questions: undefined })
    before.disconnect()
    const started = await machine.run(['/bin/sh', '-c', '/usr/local/lib/pocker/*/pocker run -d --network none host sleep 1000'])
    assert.equal(started.code, 0, started.stderr)
    const now = remoteOf(home)
    await now.connect({ questions: undefined })
    assert.notEqual(Reflect.get(Object(await get(now, '/pocker/helper')), 'version'), '0.0.1')
    const list = await get(now, '/containers/json')
    assert.equal(Array.isArray(list) && list.length, 1)
    now.disconnect()
    before.disconnect()
    await before.connect({ questions: undefined })
    assert.notEqual(Reflect.get(Object(await get(before, '/pocker/helper')), 'version'), '0.0.1')
    before.disconnect()
    await machine.run(['/bin/sh', '-c', '/usr/local/lib/pocker/*/pocker ps -aq | xargs /usr/local/lib/pocker/*/pocker rm -f'])
  })

  test('S10: the helper’s environment is its own, and what a session brings runs nothing', async () => {
    const remote = remoteOf(writeSshConfig(machine, { user: 'ops' }))
    await remote.connect({ questions: undefined })
    const pid = Reflect.get(Object(await get(remote, '/pocker/helper')), 'pid')
    const names = readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .map((pair) => pair.split('=')[0])
      .filter((name) => name !== '')
    assert.deepEqual(
      names.filter((name) => !['PATH', 'HOME', 'LANG', 'MALLOC_ARENA_MAX', 'POCKER_EXECUTABLE_SEALED'].includes(name ?? '')),
      [],
    )
    assert.equal((await files('/mnt')).includes('ran'), false)
    remote.disconnect()
  })

  test('S11: another user of that machine can open neither socket', async () => {
    const remote = remoteOf(writeSshConfig(machine, { user: 'ops' }))
    await remote.connect({ questions: undefined })
    const eve = remoteOf(writeSshConfig(machine, { user: 'eve' }))
    await assert.rejects(eve.connect({ questions: scriptedQuestions({ sudo: PASSWORD }) }), { code: 'no-way-to-root' })
    for (const socket of ['/run/pocker/pocker.sock', '/run/pocker/70201/pocker.sock']) {
      const connection = await connectTo({ host: 'box' }, { place: placeOf(machine, 'eve'), questions: undefined })
      await assert.rejects(connection.openSocket(socket))
      connection.close()
    }
    remote.disconnect()
  })

  test('S7: what lies in the way is not followed, and what is not what it should be is not run', async () => {
    const connection = await connectTo({ host: 'box' }, { place: placeOf(machine, 'ops'), questions: undefined })
    const payload = { ...makeSmallPayload(join(machine.folder, 'small')), version: '1.0.0' }
    const folder = await upload(connection, { payload })
    const { stdout } = await machine.run(['/usr/bin/stat', '-c', '%a %U', folder])
    assert.equal(stdout, '700 ops\n')
    await machine.run(['/bin/sh', '-c', `echo changed > ${folder}/main.mjs`])
    const work = { source: folder, files: payload.files, words: ['helper', 'start'] }
    const answer = await runAsRoot(connection, work, { uid: 70_201, ways: ['sudo'], of: 'box', questions: undefined })
    assert.deepEqual(answer, { error: 'payload-changed' })
    assert.deepEqual(
      (await files('/usr/local/lib/pocker')).filter((name) => name !== ''),
      [],
    )
    await machine.run(['/bin/rm', '-rf', folder])
    connection.close()
  })

  test('S7: a link that somebody has put where the upload goes is not taken', async () => {
    await machine.run(['/bin/sh', '-c', 'rm -rf /home/ops/.cache; ln -s /home/eve/catch /home/ops/.cache; mkdir -m 777 /home/eve/catch'])
    const connection = await connectTo({ host: 'box' }, { place: placeOf(machine, 'ops'), questions: undefined })
    const payload = { ...makeSmallPayload(join(machine.folder, 'small')), version: '1.0.0' }
    const folder = await upload(connection, { payload })
    const owner = await machine.run(['/usr/bin/stat', '-c', '%u', folder])
    assert.equal(owner.stdout, '70201\n')
    await machine.run(['/bin/rm', '-rf', folder, '/home/eve/catch', '/home/ops/.cache'])
    connection.close()
  })

  test('S7: an upload that breaks off leaves nothing, and the next one works', async () => {
    const home = writeSshConfig(machine, { user: 'ops' })
    let sent = 0
    const remote = remoteOf(home, {
      progress: (step) => {
        if (step.kind === 'uploading' && step.sent > 20e6 && sent === 0) {
          sent = step.sent
          machine.link.refuse()
        }
      },
    })
    await assert.rejects(remote.connect({ questions: undefined }), { kind: 'Unavailable' })
    assert.ok(sent > 0)
    await machine.link.restore()
    await remote.connect({ questions: undefined })
    await get(remote, '/version')
    remote.disconnect()
  })

  test('a disk without room is told before anything is sent', async () => {
    await machine.run(['/bin/sh', '-c', 'for d in /home /tmp /var/tmp /run; do mount -o remount,size=20m $d; done'])
    try {
      await assert.rejects(remoteOf(writeSshConfig(machine, { user: 'ops' })).connect({ questions: undefined }), { code: 'upload-no-room' })
    } finally {
      await machine.run(['/bin/sh', '-c', 'for d in /home /tmp /var/tmp /run; do mount -o remount,size=50% $d; done'])
    }
  })

  test('S3: whatever is in a word of a script is that word and nothing else', async () => {
    const connection = await connectTo({ host: 'box' }, { place: placeOf(machine, 'fishy'), questions: undefined })
    const words = [
      "'; touch /tmp/pocker-x #",
      '$(touch /tmp/pocker-x)',
      '`id`',
      '-rf',
      'a\nb',
      '\\',
      "'",
      '"',
      '!!',
      '~',
      'é\u0001',
      '%s%n',
      '*',
    ]
    for (const word of words) {
      const [answer] = await runScript(connection, { text: 'say "$(printf %s "$word" | od -An -tx1 | tr -d " \\n")"\n', words: { word } })
      assert.equal(Buffer.from(answer ?? '', 'hex').toString(), word)
    }
    connection.close()
    assert.deepEqual(
      (await files('/tmp')).filter((name) => name !== ''),
      [],
    )
  })

  test('uninstalling leaves nothing, though somebody misses the helper and connects all the while', async () => {
    const remote = remoteOf(writeSshConfig(machine, { user: 'ops' }))
    await remote.connect({ questions: undefined })
    const codes = new Set<unknown>()
    const missing = new AbortController()
    const missed = (async () => {
      while (!missing.signal.aborted) {
        codes.add(await tried(remote))
        await sleep(5)
      }
    })()
    const run = await machine.run(['/bin/sh', '-c', '/usr/local/lib/pocker/*/pocker run -d --network none host sleep 1000'])
    assert.equal(run.code, 0, run.stderr)
    await remote.uninstall({ questions: undefined })
    await sleep(100)
    missing.abort()
    await missed
    assert.ok(codes.has('being-removed'))
    const left = await machine.run(['/usr/bin/find', '/usr/local/lib', '/opt', '/var/lib', '/run', '/home', '/tmp', '-iname', '*pocker*'])
    assert.equal(left.stdout, '')
    const running = await machine.run(['/bin/sh', '-c', 'grep -cE "/(var/lib|run)/pocker" /proc/self/mountinfo'])
    assert.equal(running.stdout, '0\n')
  })

  test('the name of the program’s folder is the one that root’s script makes', async () => {
    const remote = remoteOf(writeSshConfig(machine, { user: 'ops' }))
    await remote.connect({ questions: undefined })
    remote.disconnect()
    const payload = builtPayload(process.arch)
    assert.deepEqual(await files('/usr/local/lib/pocker'), payload === undefined ? [] : [programName(payload)])
  })
})

/** The code of the error that a connection to the engine meets; undefined for none. */
async function tried(remote: Remote): Promise<unknown> {
  try {
    const stream = await remote.openEngine()
    stream.destroy()
    return undefined
  } catch (error) {
    return Reflect.get(Object(error), 'code')
  }
}

function placeOf(machine: SshMachine, user: string) {
  const home = writeSshConfig(machine, { user })
  const place = { files: { user: join(home, '.ssh/config'), home }, env: {} }
  assert.equal(hostSettings({ host: 'box' }, place).user, user)
  return place
}
