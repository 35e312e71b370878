/** The extension's start of the helper, by real users with a real sudo, and what other users and the environment can do about it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { build } from 'esbuild'
import { type AccountsMachine, makeAccountsMachine } from '../support/accounts.ts'
import { type BackgroundPlace, endBackground } from '../support/background.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { whyNoHelper } from '../support/helper.ts'
import { makeRealPayload } from '../support/payload.ts'
import { run, runChecked } from '../support/run.ts'
import { ANNA, EVE } from '../support/users.ts'

const PASSWORD = 'canary-9f3b-correct-horse'
const [OPS, TTY] = [70_103, 70_104]

const MARKER = `#include <stdio.h>
#include <unistd.h>
__attribute__((constructor)) static void mark(void) {
  FILE *file = geteuid() == 0 ? fopen("PATH", "a") : 0;
  if (file) fclose(file);
}
`

describe('start by the extension', { skip: whyNoHelper() ?? false }, () => {
  let machine: AccountsMachine
  let programs: TemporaryFolder
  before(async () => {
    machine = await makeAccountsMachine(
      [
        { name: 'anna', uid: ANNA, sudo: 'ALL=(ALL:ALL) ALL' },
        { name: 'eve', uid: EVE },
        // All that an administrator could do wrong about the environment.
        { name: 'ops', uid: OPS, sudo: 'ALL=(ALL:ALL) NOPASSWD:SETENV: ALL', defaults: '!env_reset, env_delete=""' },
        { name: 'terry', uid: TTY, sudo: 'ALL=(ALL:ALL) ALL', defaults: 'requiretty' },
      ],
      PASSWORD,
    )
    programs = makeTemporaryFolder('extension')
    chmodSync(programs.path, 0o755)
    const entryPoints = [join(import.meta.dirname, '../fixtures/start-local.fixture.ts')]
    await build({
      entryPoints,
      outfile: join(programs.path, 'start.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      // Some packages are CommonJS.
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)` },
      logLevel: 'warning',
    })
    makeRealPayload(join(programs.path, 'dist'), '0.1.0')
  })
  after(async () => {
    await machine?.[Symbol.asyncDispose]()
    await programs?.[Symbol.asyncDispose]()
  })

  let folder: TemporaryFolder
  let place: BackgroundPlace
  let source: string
  beforeEach(async () => {
    folder = makeTemporaryFolder('local')
    chmodSync(folder.path, 0o755)
    place = { base: join(folder.path, 'base'), dataRoot: join(folder.path, 'data'), runRoot: join(folder.path, 'run') }
    mkdirSync(place.base)
    // Anna's own, as an extension's folder is.
    source = join(folder.path, 'dist')
    await runChecked('cp', ['-r', '--reflink=auto', join(programs.path, 'dist'), source])
    for (const name of ['.', ...readdirSync(source)]) chownSync(join(source, name), ANNA, ANNA)
  })
  afterEach(async () => {
    await endBackground(place)
    await folder[Symbol.asyncDispose]()
  })

  interface Said {
    readonly socket?: string
    readonly pid?: number
    readonly program?: string
    readonly by?: string
    readonly error?: string
    readonly questions: number
    readonly engines: readonly { readonly id: string; readonly access: { readonly kind: string; readonly reason?: string } }[]
  }

  const start = async (
    name: string,
    uid: number,
    options: { answers?: readonly string[]; env?: Record<string, string> } = {},
  ): Promise<Said> => {
    const anchor = hash('sha256', readFileSync(join(source, 'manifest.json')), 'hex')
    const job = join(folder.path, 'job.json')
    writeFileSync(job, JSON.stringify({ ...place, bases: [place.base], source, anchor, answers: options.answers ?? [] }), { mode: 0o600 })
    chownSync(job, uid, uid)
    const words = [join(programs.path, 'dist/node'), join(programs.path, 'start.mjs'), job]
    const { stdout, stderr, code } = await machine.runAs(name, words, { PATH: '/usr/bin:/bin', ...options.env })
    rmSync(job)
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }

  test('one password, and the helper runs from root’s folder and listens for the user alone', async () => {
    const said = await start('anna', ANNA, { answers: [PASSWORD] })
    assert.deepEqual([said.by, said.questions], ['sudo-with-password', 1])
    assert.equal(said.program, join(place.base, 'pocker', readdirSync(join(place.base, 'pocker'))[0] ?? ''))
    assert.deepEqual([statSync(said.socket ?? '').uid, statSync(said.program ?? '').uid], [ANNA, 0])
    assert.deepEqual((readFileSync(`/proc/${said.pid}/environ`, 'utf8').match(/(?<=^|\0)\w+(?==)/g) ?? []).toSorted(), [
      'HOME',
      'LANG',
      'MALLOC_ARENA_MAX',
      'PATH',
      'POCKER_EXECUTABLE_SEALED',
    ])
    const again = await start('anna', ANNA)
    assert.deepEqual([again.by, again.questions, again.pid], ['running', 0, said.pid])
  })

  test('the password is in no argument, no environment and no file, at any time', async () => {
    // The test itself works: it sees what is in the arguments of a program.
    const careless = spawn('sh', ['-c', 'read line', PASSWORD], { stdio: ['pipe', 'ignore', 'ignore'] })
    await once(careless, 'spawn')
    assert.ok(findInProcesses(PASSWORD).length > 0)
    careless.stdin.end()
    await once(careless, 'exit')
    const seen: string[] = []
    let done = false
    const watching = (async () => {
      for (let scans = 0; !done || scans === 0; scans++) {
        seen.push(...findInProcesses(PASSWORD))
        await setImmediate()
      }
    })()
    const said = await start('anna', ANNA, { answers: ['wrong', PASSWORD] })
    done = true
    await watching
    assert.deepEqual([said.by, said.questions, seen], ['sudo-with-password', 2, []])
    const grep = await run('grep', ['-r', '-l', '--', PASSWORD, place.runRoot, place.dataRoot, place.base])
    assert.deepEqual([grep.code, grep.stdout], [1, ''])
  })

  test('a user whom sudo asks nothing is asked nothing', async () => {
    assert.deepEqual((await start('ops', OPS)).by, 'sudo-without-question')
  })

  test('a wrong password three times is the end, and nothing was made', async () => {
    const said = await start('anna', ANNA, { answers: ['a', 'b', 'c', PASSWORD] })
    assert.deepEqual([said.error, said.questions], ['wrong-password', 3])
    assert.deepEqual([readdirSync(place.base), existsSync(place.runRoot)], [[], false])
  })

  test('a user who does not answer is told that it was dismissed', async () => {
    assert.equal((await start('anna', ANNA)).error, 'dismissed')
  })

  test('a user without rights is told so', async () => {
    assert.equal((await start('eve', EVE, { answers: [PASSWORD] })).error, 'not-in-sudoers')
  })

  test('where sudo wants a terminal it is said so', async () => {
    assert.equal((await start('terry', TTY, { answers: [PASSWORD] })).error, 'sudo-requires-terminal')
  })

  test('a file that the user has changed is not run, and nothing is left', async () => {
    appendFileSync(join(source, 'main.mjs'), '\n// evil\n')
    const said = await start('anna', ANNA, { answers: [PASSWORD] })
    assert.equal(said.error, 'payload-changed')
    assert.deepEqual(readdirSync(join(place.base, 'pocker')), [])
  })

  test('nothing in the environment runs as root', async () => {
    const marker = join(folder.path, 'marker')
    const at = (name: string) => join(folder.path, name)
    writeFileSync(at('mark.c'), MARKER.replace('PATH', marker))
    await runChecked('gcc', ['-shared', '-fPIC', '-o', at('mark.so'), at('mark.c')])
    writeFileSync(at('mark.sh'), `[ "$(id -u)" != 0 ] || : >>${marker}\n`)
    writeFileSync(at('mark.cjs'), `if (process.getuid() === 0) require('node:fs').writeFileSync('${marker}', '')\n`)
    const env = {
      LD_PRELOAD: at('mark.so'),
      ENV: at('mark.sh'),
      BASH_ENV: at('mark.sh'),
      NODE_OPTIONS: `--require ${at('mark.cjs')}`,
      NODE_PATH: folder.path,
      PATH: `${folder.path}:/usr/bin:/bin`,
      HOME: folder.path,
    }
    for (const name of ['sh', 'cp', 'env', 'sha256sum', 'sudo']) writeFileSync(at(name), `#!/bin/sh\n. ${at('mark.sh')}\n`, { mode: 0o755 })
    const said = await start('ops', OPS, { env })
    assert.equal(said.by, 'sudo-without-question')
    assert.equal(existsSync(marker), false)
    // The test itself works: a root that does run it leaves the mark.
    await run('/bin/true', [], { env: { LD_PRELOAD: at('mark.so') } })
    assert.equal(existsSync(marker), true)
  })

  test('engines that do not let the user in are found, and it is said why', async () => {
    await using engines = makeTemporaryFolder('engines')
    chmodSync(engines.path, 0o755)
    const socket = join(engines.path, 'docker.sock')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    chmodSync(socket, 0o600)
    try {
      const { engines: found } = await start('eve', EVE, { env: { DOCKER_HOST: `unix://${socket}` } })
      const [engine] = found.filter(({ id }) => id === 'docker-host')
      assert.equal(engine?.access.kind, 'denied')
      assert.match(engine?.access.reason ?? '', /group docker/)
    } finally {
      server.close()
    }
  })
})

/** The processes that have the text in their arguments or their environment now. */
function findInProcesses(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => ['cmdline', 'environ'].map((file) => `/proc/${pid}/${file}`))
    .filter((path) => readIfThere(path).includes(text))
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Ended meanwhile.
    return ''
  }
}
