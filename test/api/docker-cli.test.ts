/** The docker command line on running containers: what it prints, its exit codes, and what follows from them. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, afterEach, before, describe, test } from 'node:test'
import { dockerProgram, eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import type { RunResult } from '../support/run.ts'

describe('docker', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())
  afterEach(async () => {
    const { stdout } = await engine.docker('ps', '-aq')
    if (stdout !== '') await engine.docker('rm', '-f', ...stdout.trim().split('\n'))
  })

  const ok = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.docker(...words)
    assert.equal(code, 0, `docker ${words.join(' ')}: ${stderr}`)
    return stdout.trimEnd()
  }
  const codeAndErrors = async (answer: Promise<RunResult>) => {
    const { code, stderr } = await answer
    return { code, stderr }
  }
  /** A docker process of which the test reads as it goes on. */
  const start = (...words: string[]): ChildProcess =>
    spawn(dockerProgram(), words, {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', DOCKER_HOST: `unix://${engine.helper.socket}` },
      stdio: ['pipe', 'pipe', 'inherit'],
    })

  test('run -d, ps, exec, logs, stop, start, rm', async () => {
    const id = await ok('run', '-d', '--name', 'whole', '--label', 'tier=api', 'tiny', 'sh', '-c', 'echo begun; exec sleep 1000')
    assert.match(id, /^[0-9a-f]{64}$/)
    assert.equal(
      await ok('ps', '--no-trunc', '--format', '{{.ID}} {{.Names}} {{.Image}} {{.State}} {{.Label "tier"}}'),
      `${id} whole tiny running api`,
    )
    assert.match(await ok('ps', '--format', '{{.Status}} {{.Command}}'), /^Up .* "sh -c 'echo begun; /)
    assert.equal((await engine.docker('exec', 'whole', 'sh', '-c', 'exit 7')).code, 7)
    assert.equal(await ok('exec', '-e', 'A=b', '-w', '/tmp', '-u', 'user', 'whole', 'sh', '-c', 'echo $A $PWD $(id -un)'), 'b /tmp user')
    await eventually('the log has its line', async () => (await ok('logs', 'whole')) === 'begun')
    assert.match(await ok('logs', '-t', 'whole'), /^\d{4}-\d\d-\d\dT[\d:.]+Z begun$/)
    assert.equal(await ok('stop', '-t', '0', 'whole'), 'whole')
    assert.match(await ok('ps', '-a', '--filter', 'name=whole', '--format', '{{.Status}}'), /^Exited \(137\)/)
    await ok('start', 'whole')
    assert.equal(await ok('inspect', '-f', '{{.State.Running}} {{.Name}} {{.Config.Labels.tier}}', 'whole'), 'true /whole api')
    assert.deepEqual(await codeAndErrors(engine.docker('rm', 'whole')).then(({ code }) => code), 1)
    assert.equal(await ok('rm', '-f', 'whole'), 'whole')
    assert.equal((await engine.docker('inspect', 'whole')).code, 1)
  })

  test('exec: codes of commands that are not there, input, and -d', async () => {
    await ok('run', '-d', '--name', 'host', 'tiny', 'sleep', '1000')
    assert.equal((await engine.docker('exec', 'host', 'no-such-command')).code, 127)
    assert.equal((await engine.docker('exec', 'host', '/etc/passwd')).code, 126)
    assert.equal((await engine.docker('exec', 'host', 'sh', '-c', 'kill -9 $$')).code, 137)
    assert.equal((await engine.docker('exec', 'nobody', 'true')).code, 1)
    const piped = await engine.helper.docker(['exec', '-i', 'host', 'md5sum'], { input: 'hello', timeout: 30_000 })
    assert.equal(piped.stdout, '5d41402abc4b2a76b9719d911017c592  -\n')
    await ok('exec', '-d', 'host', 'sh', '-c', 'echo > /done')
    await eventually('the detached exec has run', async () => (await engine.docker('exec', 'host', 'test', '-e', '/done')).code === 0)
    assert.equal(await ok('exec', '--privileged', 'host', 'sh', '-c', 'grep ^Seccomp: /proc/self/status | cut -f2'), '0')
    await ok('rm', '-f', 'host')
  })

  test('ps filters', async () => {
    await ok('run', '-d', '--name', 'web-1', '--label', 'app=web', 'tiny', 'sleep', '1000')
    await ok('run', '--name', 'web-2', '--label', 'app=web', '--label', 'old', 'tiny', 'sh', '-c', 'exit 3').catch(() => undefined)
    await ok('create', '--name', 'db', 'tiny', 'true')
    const names = async (...filters: string[]) =>
      (await ok('ps', '-a', ...filters.flatMap((filter) => ['--filter', filter]), '--format', '{{.Names}}'))
        .split('\n')
        .filter(Boolean)
        .sort()
        .join(' ')
    assert.equal(await names('label=app=web'), 'web-1 web-2')
    assert.equal(await names('label=app', 'label=old'), 'web-2')
    assert.equal(await names('status=created', 'name=d'), 'db')
    assert.equal(await names('status=running', 'status=exited', 'name=^web'), 'web-1 web-2')
    assert.equal(await names('exited=3'), 'web-2')
    assert.equal(await names('ancestor=tiny', 'since=web-1'), 'db web-2')
    assert.equal(await names('before=web-2', 'name=web'), 'web-1')
    assert.equal(await ok('ps', '-n', '1', '--format', '{{.Names}}'), 'db')
    assert.equal(await ok('ps', '-aq', '--no-trunc', '--filter', 'name=db'), await ok('inspect', '-f', '{{.Id}}', 'db'))
    assert.equal((await engine.docker('ps', '--filter', 'nonsense=1')).code, 1)
    await ok('rm', '-f', 'web-1', 'web-2', 'db')
  })

  test('stats, top, diff and wait', async () => {
    const id = await ok('run', '-d', '--name', 'busy', '-m', '50m', 'tiny', 'sh', '-c', 'touch /new; rm /etc/group; sleep 1000; :')
    await eventually('it has come to its sleep', async () => (await ok('top', 'busy')).includes('sleep 1000'))
    assert.match(await ok('stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}} {{.PIDs}}'), /^busy [\d.]+[kMK]i?B \/ 50MiB 2$/)
    assert.match(await ok('stats', '--no-stream', 'busy'), new RegExp(id.slice(0, 12)))
    assert.deepEqual((await ok('diff', 'busy')).split('\n').sort(), ['A /new', 'C /etc', 'D /etc/group'])
    assert.match(await ok('top', 'busy', '-o', 'pid,comm'), /^PID +COMMAND\n\d+ +sh\n\d+ +sleep$/)
    const waiting = ok('wait', 'busy')
    await ok('kill', '-s', 'KILL', 'busy')
    assert.equal(await waiting, '137')
    await ok('rm', 'busy')
  })

  test('rename, pause, unpause, update, restart', async () => {
    await ok('run', '-d', '--name', 'before', 'tiny', 'sleep', '1000')
    await ok('rename', 'before', 'after')
    await ok('pause', 'after')
    assert.match(await ok('ps', '--format', '{{.Status}}'), /\(Paused\)$/)
    assert.equal((await engine.docker('exec', 'after', 'true')).code, 1)
    await ok('unpause', 'after')
    await ok('update', '--memory', '32m', '--memory-swap', '32m', '--pids-limit', '10', 'after')
    assert.equal(await ok('inspect', '-f', '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}', 'after'), '33554432 10')
    assert.equal(
      await ok(
        'exec',
        'after',
        'sh',
        '-c',
        'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes pids/pids.max 2>/dev/null || cat memory.max pids.max',
      ),
      '33554432\n10',
    )
    const pid = await ok('inspect', '-f', '{{.State.Pid}}', 'after')
    await ok('restart', '-t', '0', 'after')
    assert.notEqual(await ok('inspect', '-f', '{{.State.Pid}}', 'after'), pid)
    await ok('rm', '-f', 'after')
  })

  test('the signal and the time of a stop', async () => {
    await ok(
      'run',
      '-d',
      '--name',
      'polite',
      '--stop-signal',
      'USR1',
      'tiny',
      'sh',
      '-c',
      'trap "exit 5" USR1; echo ready; while :; do sleep 0.05; done',
    )
    await eventually('it is ready', async () => (await ok('logs', 'polite')) === 'ready')
    await ok('stop', 'polite')
    assert.equal(await ok('wait', 'polite'), '5')
    await ok('run', '-d', '--name', 'deaf', '--stop-timeout', '1', 'tiny', 'probe', 'ignore-term')
    const begun = performance.now()
    await ok('stop', 'deaf')
    assert.ok(performance.now() - begun > 950)
    assert.equal(await ok('wait', 'deaf'), '137')
    await ok('rm', 'polite', 'deaf')
  })

  test('events in their order, with filters', async () => {
    const since = (Date.now() / 1000 - 0.001).toFixed(3)
    await ok('run', '--rm', '--name', 'told', '--label', 'k=v', 'tiny', 'sh', '-c', 'exit 3').catch(() => undefined)
    const until = () => ((Date.now() + 5) / 1000).toFixed(3)
    const told = async (...filters: string[]) =>
      (
        await ok(
          'events',
          '--since',
          since,
          '--until',
          until(),
          ...filters.flatMap((filter) => ['--filter', filter]),
          '--format',
          '{{.Action}}',
        )
      ).split('\n')
    await eventually('it is destroyed', async () => (await told('container=told')).includes('destroy'))
    assert.deepEqual(await told('container=told'), ['create', 'attach', 'start', 'die', 'destroy'])
    assert.deepEqual(await told('container=told', 'event=die', 'event=start'), ['start', 'die'])
    assert.deepEqual(await told('label=k=v', 'event=create'), ['create'])
    assert.deepEqual(await told('container=nobody'), [''])
    assert.deepEqual(await told('type=image'), [''])
    const codes = await ok(
      'events',
      '--since',
      since,
      '--until',
      until(),
      '--filter',
      'event=die',
      '--format',
      '{{.Actor.Attributes.exitCode}} {{.Actor.Attributes.name}}',
    )
    assert.equal(codes, '3 told')
  })

  test('events as they happen', async () => {
    const follower = start('events', '--filter', 'container=live', '--format', '{{.Action}}')
    try {
      assert.ok(follower.stdout !== null)
      const lines = createInterface(follower.stdout)[Symbol.asyncIterator]()
      // The client says nothing when it has subscribed: what it sees first is any of these.
      let seen: IteratorResult<string, unknown> | undefined
      const first = lines.next().then((line) => (seen = line))
      await eventually('it sees one', async () => {
        await ok('run', '-d', '--rm', '--name', 'live', 'tiny', 'true')
        await ok('wait', 'live').catch(() => undefined)
        await eventually('the name is free', async () => (await engine.docker('inspect', 'live')).code !== 0)
        return seen !== undefined
      })
      assert.match(String((await first).value), /^(create|start|die|destroy)$/)
    } finally {
      follower.kill('SIGKILL')
    }
  })

  test('--log-opt max-size keeps the latest lines', async () => {
    await ok('run', '--name', 'wordy', '--log-opt', 'max-size=64k', '--log-opt', 'max-file=1', 'tiny', 'probe', 'write-bytes', '1048576')
    const lines = (await ok('logs', 'wordy')).split('\n')
    assert.ok(lines.length < 4096, `${lines.length} lines`)
    assert.ok(lines.length > 256, `${lines.length} lines`)
    assert.equal(Number(lines.at(-1)?.slice(0, 15)), 16383)
    const numbers = lines.slice(1).map((line) => Number(line.slice(0, 15)))
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => 16383 - numbers.length + 1 + index),
    )
    await ok('rm', 'wordy')
  })

  test('logs -f ends with the container; --tail and --since', async () => {
    await ok(
      'run',
      '-d',
      '--name',
      'talker',
      'tiny',
      'sh',
      '-c',
      'for i in 1 2 3 4 5; do echo $i; done; read x < /dev/zero & sleep 0.5; echo late >&2',
    )
    const { stdout, stderr } = await engine.docker('logs', '-f', 'talker')
    assert.deepEqual({ stdout, stderr }, { stdout: '1\n2\n3\n4\n5\n', stderr: 'late\n' })
    assert.equal(await ok('logs', '--tail', '2', 'talker'), '5')
    const stamp = (await engine.docker('logs', '-t', '--tail', '1', 'talker')).stderr.split(' ')[0] ?? ''
    const late = await engine.docker('logs', '--since', stamp, 'talker')
    assert.deepEqual({ stdout: late.stdout, stderr: late.stderr }, { stdout: '', stderr: 'late\n' })
    assert.equal(await ok('logs', '--until', '2001-01-01T00:00:00Z', 'talker'), '')
    await ok('rm', '-f', 'talker')
  })

  test('a signal to docker run goes to the container', async () => {
    const child = start('run', '--rm', 'tiny', 'sh', '-c', 'trap "exit 9" INT; echo ready; while :; do sleep 0.05; done')
    assert.ok(child.stdout !== null)
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    assert.equal(code, 9)
  })

  test('prune, system df, info and version', async () => {
    await ok('run', '--name', 'gone', '--label', 'prune=me', 'tiny', 'true')
    assert.match(await ok('container', 'prune', '-f', '--filter', 'label=prune=me'), /Deleted Containers:\n[0-9a-f]{64}/)
    assert.equal((await engine.docker('inspect', 'gone')).code, 1)
    assert.match(await ok('system', 'df'), /^Containers +0 /m)
    assert.match(await ok('images', '--format', '{{.Repository}}:{{.Tag}}'), /^tiny:latest$/m)
    assert.equal(await ok('version', '-f', '{{.Server.APIVersion}}'), '1.47')
    assert.match(await ok('info', '-f', '{{.ContainersRunning}} {{.OSType}}'), /^0 linux$/)
  })
})
