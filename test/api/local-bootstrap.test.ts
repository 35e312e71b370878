/** The script that root runs: what it runs in the end is what its caller has named, in a folder that nobody else can change. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { bootstrapCommand, payloadList } from '../../helper/api/bootstrap.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { makeSmallPayload, type Payload } from '../support/payload.ts'
import { type RunOptions, type RunResult, run } from '../support/run.ts'
import { ANNA, EVE } from '../support/users.ts'

const SYSTEM = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
const NONCE = '0123456789abcdef'
const notRoot = process.getuid?.() === 0 ? false : 'not root'

describe('bootstrap', { skip: notRoot }, () => {
  // Bash is the sh of many systems; by its own name it would read files that it does not read as sh.
  const shells = makeTemporaryFolder('shells')
  symlinkSync('/bin/bash', join(shells.path, 'sh'))
  after(() => shells[Symbol.asyncDispose]())
  let folder: TemporaryFolder
  let payload: Payload
  let base: string
  beforeEach(() => {
    folder = makeTemporaryFolder('bootstrap')
    chmodSync(folder.path, 0o755)
    payload = makeSmallPayload(join(folder.path, 'source'), ANNA)
    base = join(folder.path, 'base')
    mkdirSync(base)
  })
  afterEach(() => folder[Symbol.asyncDispose]())

  interface Options extends RunOptions {
    readonly bases?: readonly string[]
    readonly words?: readonly string[]
    readonly files?: Readonly<Record<string, string>>
    readonly source?: string
    /** What runs the script in place of `/bin/sh`. */
    readonly shell?: readonly string[]
    readonly nonce?: string
  }

  const bootstrap = (options: Options = {}): Promise<RunResult> => {
    const { bases = [base], words = ['helper', 'start'], files = payload.files, source = payload.source, nonce = NONCE } = options
    const [sh, ...args] = bootstrapCommand({ nonce, source, files, words, bases })
    const [command = sh, ...before] = options.shell ?? [sh]
    return run(command, [...before, ...args], { env: { PATH: '/nowhere' }, ...options })
  }
  const idOf = (files: Payload['files']) => hash('sha256', `${payloadList(files)}\n`, 'hex')
  const target = (place = base) => join(place, 'pocker', idOf(payload.files))
  const failed = ({ code, stdout }: RunResult): string => {
    assert.equal(code, 1)
    const line = stdout.split('\n').findLast((text) => text.startsWith(`${NONCE} `)) ?? ''
    return JSON.parse(line.slice(NONCE.length)).error
  }
  const nothingLeft = (place = base) => assert.deepEqual(existsSync(join(place, 'pocker')) ? readdirSync(join(place, 'pocker')) : [], [])

  const SHELLS: Readonly<Record<string, readonly string[]>> = {
    sh: ['/bin/sh'],
    bash: [join(shells.path, 'sh')],
    busybox: ['/bin/busybox', 'sh'],
  }
  for (const [name, shell] of Object.entries(SHELLS)) {
    describe(name, () => {
      test('the program is put in place and runs there with its words', async () => {
        const { code, stdout } = await bootstrap({ shell, words: ['helper', 'start', 'two words', '$(id)', '--', "'"] })
        assert.equal(code, 0)
        const said = stdout.split('\n').filter((line) => line.startsWith('ran: '))
        assert.deepEqual(
          said,
          [`${target()}/pocker`, 'helper', 'start', 'two words', '$(id)', '--', "'"].map((word) => `ran: ${word}`),
        )
      })

      test('its files are root’s, for all to read, under any umask', async () => {
        for (const mask of ['0000', '0777']) {
          rmSync(join(base, 'pocker'), { recursive: true, force: true })
          const shellWithMask = ['/bin/sh', '-c', `umask ${mask}; exec "$0" "$@"`, ...shell]
          assert.equal((await bootstrap({ shell: shellWithMask })).code, 0)
          const modes = ['..', '.', 'pocker', 'node', 'main.mjs'].map((file) => lstatSync(join(target(), file)))
          assert.deepEqual(
            modes.map(({ uid, mode }) => [uid, mode & 0o7777]),
            [0o755, 0o755, 0o755, 0o755, 0o644].map((mode) => [0, mode]),
          )
        }
      })

      test('a program that is there already is used as it is', async () => {
        await bootstrap({ shell })
        const before = lstatSync(target())
        rmSync(payload.source, { recursive: true })
        assert.equal((await bootstrap({ shell })).code, 0)
        assert.equal(lstatSync(target()).ino, before.ino)
      })

      test('a file that is not what the list says is refused, and nothing stays', async () => {
        writeFileSync(join(payload.source, 'main.mjs'), 'changed')
        assert.equal(failed(await bootstrap({ shell })), 'payload-changed')
        nothingLeft()
      })

      test('a file that is missing is refused, and nothing stays', async () => {
        rmSync(join(payload.source, 'main.mjs'))
        assert.equal(failed(await bootstrap({ shell })), 'copy-failed')
        nothingLeft()
      })

      test('a damaged program in place is replaced', async () => {
        await bootstrap({ shell })
        writeFileSync(join(target(), 'main.mjs'), 'bits rotten')
        assert.equal((await bootstrap({ shell })).code, 0)
        assert.equal(readFileSync(join(target(), 'main.mjs'), 'utf8'), 'export {}\n')
        assert.deepEqual(readdirSync(join(base, 'pocker')), [idOf(payload.files)])
      })

      test('a program that does not run here is not put in place', async () => {
        writeFileSync(join(payload.source, 'node'), '#!/bin/false\n')
        payload = { ...payload, files: { ...payload.files, node: hash('sha256', '#!/bin/false\n', 'hex') } }
        assert.equal(failed(await bootstrap({ shell })), 'program-cannot-run')
        nothingLeft()
      })
    })
  }

  const GOOD = 'a'.repeat(64)
  const BAD_LISTS: Readonly<Record<string, Record<string, string>>> = {
    'a path upwards': { '../evil': GOOD },
    'an absolute path': { '/etc/evil': GOOD },
    'a path downwards': { 'cache/evil': GOOD },
    'the folder itself': { '.': GOOD },
    'a hidden name': { '.evil': GOOD },
    'an option': { '-rf': GOOD },
    'two words': { 'a b': GOOD },
    'a line in a name': { 'a\nb': GOOD },
    'no name': { '': GOOD },
    'a short hash': { evil: 'a'.repeat(63) },
    'a hash in capitals': { evil: 'A'.repeat(64) },
    'no hash': { evil: '' },
    nothing: {},
  }
  for (const [what, files] of Object.entries(BAD_LISTS)) {
    test(`a list with ${what} is refused`, async () => {
      assert.equal(failed(await bootstrap({ files })), 'bad-list')
      nothingLeft()
    })
  }

  const ODD_FILES: Readonly<Record<string, readonly string[]>> = {
    'a pipe': ['mkfifo'],
    'a folder': ['mkdir'],
    'a device': ['mknod', 'c', '1', '5'],
    'a link to nothing': ['ln', '-s', '/nowhere'],
    'a link to a secret': ['ln', '-s', '/etc/shadow'],
    'a link to an endless file': ['ln', '-s', '/dev/zero'],
  }
  for (const [what, [command = '', ...args]] of Object.entries(ODD_FILES)) {
    test(`${what} in place of a file is refused, and nothing stays`, async () => {
      const path = join(payload.source, 'main.mjs')
      rmSync(path)
      const words = command === 'ln' ? [...args, path] : [path, ...args]
      assert.equal((await run(command, words)).code, 0)
      assert.match(failed(await bootstrap({ timeout: 20_000 })), /^(copy-failed|payload-changed)$/)
      nothingLeft()
    })
  }

  /** Places that are not root's alone, each with what makes it so. */
  const UNFIT: Readonly<Record<string, (base: string) => void>> = {
    'is there for others to write to': (path) => chmodSync(path, 0o777),
    'is there for its group to write to': (path) => chmodSync(path, 0o775),
    'is another user’s': (path) => chownSync(path, EVE, EVE),
    'is not there': (path) => rmSync(path, { recursive: true }),
    'is a file': (path) => {
      rmSync(path, { recursive: true })
      writeFileSync(path, '')
    },
    'lies in a folder that others can write to': (path) => {
      chmodSync(join(path, '..'), 0o777)
    },
    'has a link in place of the folder': (path) => {
      mkdirSync(join(path, '../elsewhere'))
      symlinkSync('../elsewhere', join(path, 'pocker'))
    },
    'has a folder of another user’s': (path) => {
      mkdirSync(join(path, 'pocker'))
      chownSync(join(path, 'pocker'), EVE, EVE)
    },
    'has a folder that others can write to': (path) => {
      mkdirSync(join(path, 'pocker'))
      chmodSync(join(path, 'pocker'), 0o757)
    },
  }
  for (const [what, spoil] of Object.entries(UNFIT)) {
    test(`a place that ${what} is passed over`, async () => {
      mkdirSync(join(folder.path, 'outer/base'), { recursive: true })
      const unfit = join(folder.path, 'outer/base')
      spoil(unfit)
      assert.equal(failed(await bootstrap({ bases: [unfit] })), 'no-place')
      assert.equal(existsSync(join(folder.path, 'outer/elsewhere', idOf(payload.files))), false)
      assert.equal((await bootstrap({ bases: [unfit, base] })).code, 0)
      assert.ok(existsSync(target()))
    })
  }

  test('a link to a place is followed to where it leads', async () => {
    symlinkSync('base', join(folder.path, 'link'))
    assert.match((await bootstrap({ bases: [join(folder.path, 'link')] })).stdout, new RegExp(`ran: ${target()}/pocker`))
  })

  const mounted = (options: string) => ['unshare', '--mount', '/bin/sh', '-ec', `mount -t tmpfs -o mode=755,${options} t "$0"; exec "$@"`]
  for (const options of ['noexec', 'ro', 'size=4k,nr_inodes=3']) {
    test(`a disk mounted ${options} is passed over`, async () => {
      const unfit = join(folder.path, 'unfit')
      mkdirSync(unfit)
      const shell = [...mounted(options), unfit, '/bin/sh']
      assert.match((await bootstrap({ bases: [unfit, base], shell, env: SYSTEM })).stdout, new RegExp(`ran: ${target()}/pocker`))
    })
  }

  test('a program on a disk that has come to be noexec is not used', async () => {
    await bootstrap()
    const other = join(folder.path, 'other')
    mkdirSync(other)
    const shell = [
      'unshare',
      '--mount',
      '/bin/sh',
      '-ec',
      'mount --bind "$0" "$0"; mount -o remount,bind,noexec "$0"; exec "$@"',
      base,
      '/bin/sh',
    ]
    assert.match((await bootstrap({ bases: [base, other], shell, env: SYSTEM })).stdout, new RegExp(`ran: ${target(other)}/pocker`))
  })

  const SQUATTERS: Readonly<Record<string, (path: string) => void>> = {
    'a folder of another user’s': (path) => {
      mkdirSync(path)
      chownSync(path, EVE, EVE)
    },
    'a folder that others can write to': (path) => {
      mkdirSync(path)
      chmodSync(path, 0o777)
    },
    'a link': (path) => symlinkSync(payload.source, path),
    'a link to nothing': (path) => symlinkSync('/nowhere', path),
    'a file': (path) => writeFileSync(path, ''),
  }
  for (const [what, make] of Object.entries(SQUATTERS)) {
    test(`${what} in the program’s place is neither run nor touched`, async () => {
      mkdirSync(join(base, 'pocker'))
      make(target())
      const before = lstatSync(target())
      assert.equal(failed(await bootstrap()), 'unsafe-program')
      assert.deepEqual([lstatSync(target()).ino, lstatSync(target()).uid], [before.ino, before.uid])
    })
  }

  for (const name of ['main.mjs', 'node', 'pocker']) {
    test(`a program whose ${name} others can write to is replaced`, async () => {
      await bootstrap()
      chmodSync(join(target(), name), 0o777)
      await bootstrap()
      assert.equal(lstatSync(join(target(), name)).mode & 0o022, 0)
    })
  }

  test('a user who changes files all the while gets refusals, or the right program', async () => {
    const swap = 'cd "$0"; printf bad >b; chmod 755 b; while :; do mv main.mjs a; mv b main.mjs; mv main.mjs b; mv a main.mjs; done'
    const swapping = run('/bin/sh', ['-c', swap, payload.source], { uid: ANNA, timeout: 4_000 })
    const ends = new Set<string>()
    for (let round = 0; round < 40; round++) {
      rmSync(join(base, 'pocker'), { recursive: true, force: true })
      const result = await bootstrap()
      ends.add(result.code === 0 ? 'ran' : failed(result))
      if (result.code === 0) assert.equal(readFileSync(join(target(), 'main.mjs'), 'utf8'), 'export {}\n')
      else nothingLeft()
    }
    await swapping
    assert.ok(ends.has('payload-changed') || ends.has('copy-failed'), [...ends].join())
  })

  test('two at once put one program in place, and both run it', async () => {
    for (let round = 0; round < 5; round++) {
      rmSync(join(base, 'pocker'), { recursive: true, force: true })
      const results = await Promise.all([bootstrap(), bootstrap(), bootstrap()])
      assert.deepEqual(
        results.map(({ code }) => code),
        [0, 0, 0],
      )
      assert.deepEqual(readdirSync(join(base, 'pocker')), [idOf(payload.files)])
      assert.deepEqual(readdirSync(target()).toSorted(), ['main.mjs', 'node', 'pocker'])
    }
  })

  test('nothing in the environment runs, is found in place of a program, or reaches the program', async () => {
    const marker = join(folder.path, 'marker')
    const script = join(folder.path, 'script')
    writeFileSync(script, `#!/bin/sh\necho "$0" >>${marker}\n`, { mode: 0o755 })
    const trap = join(folder.path, 'trap')
    mkdirSync(trap)
    for (const name of ['cp', 'sha256sum', 'mkdir', 'mv', 'rm', 'ls', 'id', 'env', 'chmod', 'printf']) symlinkSync(script, join(trap, name))
    const hostile = {
      PATH: trap,
      ENV: script,
      BASH_ENV: script,
      CDPATH: trap,
      IFS: 'abc/',
      TMPDIR: trap,
      NODE_OPTIONS: `--require ${script}`,
      LD_LIBRARY_PATH: trap,
    }
    for (const shell of Object.values(SHELLS)) {
      rmSync(join(base, 'pocker'), { recursive: true, force: true })
      const { code, stdout } = await bootstrap({ env: hostile, shell, cwd: trap })
      assert.equal(code, 0)
      assert.match(stdout, /^PATH=\/usr\/sbin:/m)
      assert.doesNotMatch(stdout, /^(ENV|BASH_ENV|CDPATH|NODE_OPTIONS|LD_LIBRARY_PATH|TMPDIR|IFS)=/m)
    }
    assert.equal(existsSync(marker), false)
  })

  test('without words it says where the program is', async () => {
    assert.deepEqual(await bootstrap({ words: [] }), { code: 0, signal: null, stdout: `${target()}\n`, stderr: '' })
  })

  test('without a nonce a failure is told in words', async () => {
    const { code, stdout, stderr } = await bootstrap({ nonce: '', files: {} })
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^pocker: the list of files/)
  })

  test('an ordinary user gets nowhere with it', async () => {
    assert.equal(failed(await bootstrap({ uid: ANNA })), 'not-root')
  })
})
