import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeMachine, sudo } from './start.fixture.ts'
import type { StartError } from './start-error.ts'
import { type Attempted, terminalCommand } from './start-helper.ts'
import { startNeed } from './start-need.ts'

const PASSWORD = 'open sesame'
const DESKTOP = { env: { DISPLAY: ':0', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1/bus', SECRET_TOKEN: 'x', NODE_OPTIONS: '--evil' } }

function strategies(attempts: readonly Attempted[]): string[] {
  return attempts.map(({ strategy, outcome }) => `${strategy}: ${outcome.kind}`)
}

test('a helper that runs is used, and nobody is asked', async (context) => {
  const machine = fakeMachine(context)
  await machine.helper('0.3.0')
  const { helper, attempts } = await machine.start()
  assert.equal(helper.version, '0.3.0')
  assert.match(helper.socket, /\/4711\/pocker\.sock$/)
  assert.deepEqual([strategies(attempts), machine.questions], [['running: ready'], []])
})

test('a helper that runs is reached from a sandbox too', async (context) => {
  const machine = fakeMachine(context, { sandbox: 'flatpak' })
  await machine.helper()
  assert.equal((await machine.start()).helper.version, '0.1.0')
})

test('sudo that asks nothing starts it', async (context) => {
  const machine = fakeMachine(context)
  await machine.helper()
  machine.program('sudo', '[ "$1 $2" = "-n --" ] || exit 1; ANSWER')
  const { helper, attempts } = await machine.start([], { purpose: 'update' })
  assert.deepEqual([helper.pid, machine.questions], [7, []])
  assert.deepEqual(strategies(attempts), ['already-root: not-applicable', 'sudo-without-question: ready'])
})

test('doas that asks nothing starts it', async (context) => {
  const machine = fakeMachine(context)
  await machine.helper()
  machine.program('doas', '[ "$1 $2" = "-n --" ] || exit 1; ANSWER')
  assert.equal((await machine.start([], { purpose: 'update' })).helper.pid, 7)
})

test('sudo’s password is asked for in the editor, and is in no argument and no environment', async (context) => {
  const machine = fakeMachine(context)
  await machine.helper()
  machine.program('sudo', sudo())
  const { helper, attempts } = await machine.start([PASSWORD], { purpose: 'update' })
  assert.equal(helper.pid, 7)
  assert.deepEqual(strategies(attempts).slice(-2), ['dialog: not-applicable', 'sudo-with-password: ready'])
  assert.equal(machine.questions.length, 1)
  assert.match(machine.questions[0]?.prompt ?? '', /administrator rights/)
  assert.deepEqual(machine.notices, ['We trust you have received the usual lecture.', '#1) Respect the privacy of others.'])
  assert.doesNotMatch(machine.noted('arguments') + machine.noted('environment'), /sesame/)
  assert.doesNotMatch(JSON.stringify(attempts), /sesame/)
  const names = machine.noted('environment').match(/^[A-Z_]+(?==)/gm) ?? []
  assert.deepEqual(new Set(names), new Set(['PATH', 'LC_ALL', 'PWD']))
})

test('a wrong password is asked for again, three times at most', async (context) => {
  const machine = fakeMachine(context)
  await machine.helper()
  machine.program('sudo', sudo())
  await machine.start(['wrong', PASSWORD], { purpose: 'update' })
  assert.deepEqual(
    machine.questions.map(({ attempt }) => attempt),
    [1, 2],
  )
  assert.match(machine.questions[1]?.prompt ?? '', /not the right password/)
})

const LANGUAGES = {
  English: {},
  German: { wrong: 'Das hat nicht funktioniert, bitte nochmal probieren.', last: 'sudo: 3 falsche Passworteingabeversuche' },
  'a sudo that insults': { wrong: 'You type like I drive.' },
  'a sudo that asks for ever': { tries: '1 2 3 4 5 6 7 8 9' },
}
for (const [language, words] of Object.entries(LANGUAGES)) {
  test(`three wrong passwords are the end: ${language}`, async (context) => {
    const machine = fakeMachine(context)
    machine.program('sudo', sudo(words))
    await assert.rejects(machine.start(['a', 'b', 'c', PASSWORD]), { code: 'wrong-password' })
    assert.equal(machine.questions.length, 3)
  })
}

test('a user who does not want to give a password is asked no more', async (context) => {
  const machine = fakeMachine(context)
  machine.program('sudo', sudo())
  await assert.rejects(machine.start([undefined, PASSWORD]), { code: 'dismissed' })
  assert.equal(machine.questions.length, 1)
})

test('an abort ends sudo, which waits for its input', async (context) => {
  const machine = fakeMachine(context)
  machine.program('sudo', sudo())
  const abort = new AbortController()
  const starting = machine.start([], {
    signal: abort.signal,
    askPassword: async () => {
      abort.abort()
      return PASSWORD
    },
  })
  await assert.rejects(starting, { code: 'dismissed' })
})

const REFUSALS: readonly (readonly [code: string, says: string])[] = [
  ['not-in-sudoers', 'anna is not in the sudoers file.'],
  ['not-in-sudoers', 'Sorry, user anna may not run sudo on box.'],
  ['not-in-sudoers', "Sorry, user anna is not allowed to execute '/bin/sh' as root on box."],
  ['sudo-requires-terminal', 'sudo: sorry, you must have a tty to run sudo'],
  ['start-timed-out', 'sudo: timed out reading password'],
  ['wrong-password', 'sudo: 1 incorrect password attempt'],
  ['sudo-refused', 'sudo: etwas ganz anderes'],
]
for (const [code, says] of REFUSALS) {
  test(`a refusal is told apart: ${says}`, async (context) => {
    const machine = fakeMachine(context)
    machine.program('sudo', `case $1 in -n) exit 1 ;; esac; printf %s "$3" >&2; read -r p; echo "${says}" >&2; exit 1`)
    await assert.rejects(machine.start([PASSWORD]), { code })
  })
}

test('what sudo says is shown as plain text', async (context) => {
  const machine = fakeMachine(context)
  machine.program('sudo', "printf 'sudo: \\033[31m$(bad)\\n' >&2; exit 1")
  await assert.rejects(machine.start(), ({ code, message }: StartError) => {
    assert.equal(code, 'sudo-refused')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    assert.doesNotMatch(message, /\u001b|\$\(/)
    return true
  })
})

test('another question of PAM’s is passed on in its own words', async (context) => {
  const machine = fakeMachine(context)
  await machine.helper()
  machine.program(
    'sudo',
    `case $1 in -n) exit 1 ;; esac
     printf 'Verification code: ' >&2; read -r code; printf %s "$3" >&2; read -r password
     [ "$code $password" = '123456 open sesame' ] || exit 1
     ANSWER`,
  )
  await machine.start(['123456', PASSWORD], { purpose: 'update' })
  assert.equal(machine.questions[0]?.prompt, 'Verification code:')
})

test('a banner that looks like an answer is none', async (context) => {
  const machine = fakeMachine(context)
  machine.program('sudo', `echo '{"version":"6","pid":6,"program":"/evil","socket":"/evil"}'; echo 'nonce {"pid":6}'; exit 1`)
  await assert.rejects(machine.start(), { code: 'sudo-refused' })
})

test('without sudo, pkexec and doas it is said that there is no way', async (context) => {
  const machine = fakeMachine(context)
  await assert.rejects(machine.start(), (error: StartError) => {
    assert.equal(error.code, 'no-way-to-root')
    assert.deepEqual(
      error.tried.map((line) => line.split(',')[0]),
      ['running', 'already-root', 'sudo-without-question', 'doas-without-question', 'dialog', 'sudo-with-password'].map(
        (id) => `${id}: not applicable`,
      ),
    )
    return true
  })
})

test('in a session that may gain no rights sudo is not even tried', async (context) => {
  const machine = fakeMachine(context, { noNewPrivileges: true, ...DESKTOP })
  for (const name of ['sudo', 'doas', 'pkexec']) machine.program(name, 'echo ran >>"$DIR/arguments"')
  await assert.rejects(machine.start([PASSWORD]), { code: 'no-new-privileges' })
  assert.equal(machine.noted('arguments'), '')
})

for (const [sandbox, code] of [
  ['flatpak', 'sandboxed'],
  ['snap', 'sandboxed'],
] as const) {
  test(`in the sandbox of ${sandbox} it is said so`, async (context) => {
    const machine = fakeMachine(context, { sandbox })
    machine.program('sudo', sudo())
    await assert.rejects(machine.start([PASSWORD]), { code })
    assert.deepEqual(machine.questions, [])
  })
}

test('on another system it is said so', async (context) => {
  await assert.rejects(fakeMachine(context, { platform: 'darwin' }).start(), { code: 'platform-unsupported' })
})

test('on a desktop its dialog asks, with nothing of the environment but what it needs', async (context) => {
  const machine = fakeMachine(context, DESKTOP)
  await machine.helper()
  machine.program('sudo', sudo())
  machine.program('pkexec', '[ "$1 $2" = "--disable-internal-agent /bin/sh" ] || exit 127; env >"$DIR/environment"; ANSWER')
  const { attempts } = await machine.start([PASSWORD], { purpose: 'update' })
  assert.deepEqual([strategies(attempts).at(-1), machine.questions], ['dialog: ready', []])
  const names = machine.noted('environment').match(/^[A-Z_]+(?==)/gm) ?? []
  assert.deepEqual(new Set(names), new Set(['PATH', 'LC_ALL', 'PWD', 'DISPLAY', 'DBUS_SESSION_BUS_ADDRESS']))
})

test('a dialog that was dismissed is not followed by another question', async (context) => {
  const machine = fakeMachine(context, DESKTOP)
  machine.program('sudo', sudo())
  machine.program('pkexec', "echo 'Error executing command as another user: Request dismissed' >&2; exit 126")
  await assert.rejects(machine.start([PASSWORD]), { code: 'dismissed' })
  assert.deepEqual(machine.questions, [])
})

test('a desktop without an agent is followed by the editor’s own question', async (context) => {
  const machine = fakeMachine(context, DESKTOP)
  await machine.helper()
  machine.program('sudo', sudo())
  machine.program('pkexec', "echo 'Error executing command as another user: No authentication agent found.' >&2; exit 127")
  const { attempts } = await machine.start([PASSWORD], { purpose: 'update' })
  assert.deepEqual(strategies(attempts).slice(-2), ['dialog: not-applicable', 'sudo-with-password: ready'])
})

test('a dialog that refuses is told when sudo cannot help either', async (context) => {
  const machine = fakeMachine(context, DESKTOP)
  machine.program('pkexec', "echo 'Error executing command as another user: Not authorized' >&2; exit 127")
  await assert.rejects(machine.start(), { code: 'dialog-refused', message: /Not authorized/ })
})

for (const [where, surroundings] of Object.entries({
  'over SSH': { env: { DISPLAY: ':10', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' } },
  'in an editor whose window is elsewhere': { ...DESKTOP, isRemote: true },
  'without a desktop': {},
})) {
  test(`no dialog is shown ${where}`, async (context) => {
    const machine = fakeMachine(context, surroundings)
    await machine.helper()
    machine.program('pkexec', 'echo ran >"$DIR/arguments"; exit 126')
    machine.program('sudo', sudo())
    const { attempts } = await machine.start([PASSWORD], { purpose: 'update' })
    assert.equal(strategies(attempts).at(-1), 'sudo-with-password: ready')
  })
}

test('what the script refuses is told by its code, and not tried in another way', async (context) => {
  const machine = fakeMachine(context)
  machine.program('sudo', `for nonce in "$@"; do :; done; echo "$nonce {\\"error\\":\\"payload-changed\\"}"; exit 1`)
  await assert.rejects(machine.start([PASSWORD]), { code: 'payload-changed', hint: /Install the extension again/ })
  assert.deepEqual(machine.questions, [])
})

test('what the helper refuses is told in its words, harmless', async (context) => {
  const machine = fakeMachine(context)
  machine.program(
    'sudo',
    `for nonce in "$@"; do :; done; echo "$nonce {\\"error\\":\\"helper-failed\\",\\"message\\":\\"no room \\$(x)\\",\\"hint\\":\\"make some\\"}"`,
  )
  await assert.rejects(machine.start(), ({ code, message, hint }: StartError) => {
    assert.deepEqual([code, message.includes('no room'), message.includes('$(x)'), hint], ['helper-failed', true, false, 'make some'])
    return true
  })
})

for (const nonsense of ['not json', '[]', '{}', '{"version":1}', '"text"', 'null']) {
  test(`an answer that is nonsense is none: ${nonsense}`, async (context) => {
    const machine = fakeMachine(context)
    machine.program('sudo', `for nonce in "$@"; do :; done; echo "$nonce" '${nonsense}'; exit 0`)
    await assert.rejects(machine.start(), /was not started/)
  })
}

test('what listens in the helper’s place and is none is passed over', async (context) => {
  const nonsense = fakeMachine(context)
  await nonsense.listen('not found')
  await assert.rejects(nonsense.start(), (error: StartError) => {
    assert.deepEqual([error.code, error.tried[0]?.split(',')[0]], ['no-answer', 'running: failed'])
    return true
  })
})

test('a helper that has started and cannot be reached is told', async (context) => {
  const machine = fakeMachine(context)
  machine.program('sudo', 'ANSWER')
  await assert.rejects(machine.start(), { code: 'not-connected' })
})

test('for a terminal there is a command that asks by itself', (context) => {
  const machine = fakeMachine(context)
  const options = { payload: { source: '/x', files: {} }, surroundings: machine.surroundings }
  assert.equal(terminalCommand(options), undefined)
  machine.program('sudo', sudo())
  const words: readonly string[] = terminalCommand(options) ?? []
  assert.match(words[0] ?? '', /\/bin\/sudo$/)
  assert.deepEqual(words.slice(1, 4), ['--', '/bin/sh', '-c'])
  assert.equal(words.includes('--nonce'), false)
})

test('what it would take is found out without running anything', async (context) => {
  const program = 'echo ran >"$DIR/arguments"'
  const ordinary = fakeMachine(context)
  ordinary.program('sudo', program)
  assert.deepEqual(await startNeed(ordinary.surroundings), { kind: 'ask' })
  assert.equal(ordinary.noted('arguments'), '')
  assert.deepEqual(await startNeed(fakeMachine(context, { uid: 0 }).surroundings), { kind: 'start' })
  assert.partialDeepStrictEqual(await startNeed(fakeMachine(context, { sandbox: 'snap' }).surroundings), { kind: 'impossible' })
  await ordinary.helper()
  assert.partialDeepStrictEqual(await startNeed(ordinary.surroundings), { kind: 'none' })
})
