/** `dist/pocker` as its users have it: the same words as docker's, and what docker has not. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { z } from 'zod'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder } from '../support/folders.ts'
import { run } from '../support/run.ts'

const program = join(import.meta.dirname, '../../dist/pocker')

describe('pocker', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())
  afterEach(async () => {
    const { stdout } = await engine.pocker('ps', '-aq')
    if (stdout !== '') await engine.pocker('rm', '-f', ...stdout.trim().split('\n'))
  })

  const ok = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.pocker(...words)
    assert.equal(code, 0, `pocker ${words.join(' ')}: ${stderr}`)
    return stdout.trimEnd()
  }
  const codeOf = async (...words: string[]) => (await engine.pocker(...words)).code

  test('run: output, exit codes, input', async () => {
    const result = await engine.pocker('run', '--rm', 'tiny', 'sh', '-c', 'echo out; echo err >&2; exit 7')
    assert.deepEqual(result, { code: 7, signal: null, stdout: 'out\n', stderr: 'err\n' })
    assert.equal(await codeOf('run', '--rm', 'tiny', 'no-such-command'), 127)
    assert.equal(await codeOf('run', '--rm', 'tiny', '/etc/passwd'), 126)
    assert.equal(await codeOf('run', '--rm', 'no-such-image', 'true'), 125)
    assert.equal(await codeOf('run', '--no-such-flag', 'tiny'), 125)
    const { stdout } = await engine.helper.pocker(['run', '-i', '--rm', 'tiny', 'wc', '-c'], {
      input: Buffer.alloc(200_000),
      timeout: 30_000,
    })
    assert.equal(stdout, '200000\n')
  })

  test('run -d, ps, exec, logs, stats, stop, start, rm, inspect', async () => {
    const id = await ok('run', '-d', '--name', 'one', '-e', 'A=b', 'tiny', 'sh', '-c', 'echo begun $A; exec sleep 1000')
    assert.match(await ok('ps', '--format', '{{.ID}} {{.Names}} {{.State}}'), new RegExp(`^${id.slice(0, 12)} one running$`))
    await eventually('the log has its line', async () => (await ok('logs', 'one')) === 'begun b')
    assert.equal(await codeOf('exec', 'one', 'sh', '-c', 'exit 5'), 5)
    assert.equal(await codeOf('exec', 'one', 'no-such-command'), 127)
    assert.equal(await codeOf('exec', 'one', '/etc/passwd'), 126)
    assert.match(await ok('stats', '--no-stream'), /\bone\b/)
    assert.equal(await ok('stop', '-t', '0', 'one'), 'one')
    assert.equal(await ok('start', 'one'), 'one')
    assert.equal(await ok('inspect', '-f', '{{.Id}} {{.State.Status}}', 'one'), `${id} running`)
    assert.equal(await codeOf('rm', 'one'), 1)
    assert.equal(await ok('rm', '-f', 'one'), 'one')
  })

  test('import gives a folder a name, and a container leaves the folder alone', async () => {
    assert.match(await ok('import', engine.rootfs, 'again:v1'), /^sha256:[0-9a-f]{64}$/)
    assert.equal(await ok('run', '--rm', 'again:v1', 'sh', '-c', 'echo changed > /made; cat /made'), 'changed')
    assert.ok(!existsSync(join(engine.rootfs, 'made')))
    assert.equal(await ok('run', '--rm', '--rootfs', engine.rootfs, 'echo', 'from a folder'), 'from a folder')
    assert.match(await ok('images'), /^again +v1 /m)
  })

  test('the image host is there from the first moment', async () => {
    assert.equal(await ok('run', '--rm', 'host', 'sh', '-c', 'id -un; test ! -e /etc/shadow && echo no secrets'), 'root\nno secrets')
  })

  test('--explain prints the plan and makes nothing', async () => {
    const plan = await ok('run', '--explain', '--name', 'thought', 'tiny', 'true')
    assert.match(plan, /pivot_root/)
    assert.match(plan, /execve/)
    assert.equal(await ok('ps', '-aq'), '')
  })

  test('--trace tells the time of each step beside the run', async () => {
    const { code, stdout, stderr } = await engine.pocker('run', '--rm', '--trace', 'tiny', 'echo', 'traced')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^traced$/m)
    assert.match(`${stdout}${stderr}`, /\d+ *(µs|us)/)
  })

  test('a command of root’s starts a helper when none answers', async () => {
    await using folder = makeTemporaryFolder('on-demand')
    const env = { ...process.env, POCKER_DATA_ROOT: join(folder.path, 'data'), POCKER_RUN_ROOT: join(folder.path, 'run') }
    const words = ['--socket', join(folder.path, 'pocker.sock'), 'ps', '-q']
    const first = await run(program, words, { env, timeout: 30_000 })
    assert.deepEqual({ code: first.code, stdout: first.stdout }, { code: 0, stdout: '' }, first.stderr)
    const { pid } = z.object({ pid: z.number() }).parse(JSON.parse(readFileSync(join(folder.path, 'run/helper.log'), 'utf8')))
    try {
      assert.equal((await run(program, words, { env, timeout: 30_000 })).code, 0)
      assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /\0helper\0/)
    } finally {
      process.kill(pid, 'SIGTERM')
      await eventually('the helper has left', () => !existsSync(`/proc/${pid}`))
    }
  })
})
