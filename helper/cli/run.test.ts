import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import type { FakeEngine, FakeRoutes, SeenRequest } from './testing/fake-engine.ts'
import { fakeEngine, frame, json } from './testing/fake-engine.ts'
import { fakeIo, runCommand } from './testing/fake-io.ts'

interface Script {
  /** What the process does with its connection; it is there before the start. */
  readonly process: (connection: Duplex, exit: (code: number) => void) => void
  readonly start?: FakeRoutes[string]
  readonly more?: FakeRoutes
  readonly isDocker?: true
}

/** An engine with one container, which runs the script when it is started. */
function containerEngine({ process, start, more, ...kind }: Script): Promise<FakeEngine> {
  const attached = Promise.withResolvers<Duplex>()
  const waiting = Promise.withResolvers<ServerResponse>()
  const exit = (code: number) => void waiting.promise.then((response) => response.end(JSON.stringify({ StatusCode: code })))
  return fakeEngine({
    ...kind,
    hijacked: (_, socket) => attached.resolve(socket),
    routes: {
      'POST /containers/create': (_, response) => json(response, 201, { Id: 'abc', Warnings: [] }),
      'POST /pocker/run': (_, response) => json(response, 201, { Id: 'abc', Warnings: [] }),
      'POST /containers/abc/wait': (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' })
        response.flushHeaders()
        waiting.resolve(response)
      },
      'POST /containers/abc/start': (request, response) => {
        if (start !== undefined) return start(request, response)
        void attached.promise.then((connection) => process(connection, exit))
        return json(response, 204, undefined)
      },
      'POST /containers/abc/resize': (_, response) => json(response, 200, {}),
      'POST /containers/abc/kill': (_, response) => json(response, 204, undefined),
      ...more,
    },
  })
}

/** A process that writes the bytes and exits. */
function endWith(code: number, bytes: Uint8Array = new Uint8Array()): Script['process'] {
  return (connection, exit) => {
    connection.end(bytes)
    exit(code)
  }
}

const paths = (engine: FakeEngine) => engine.seen.map((request) => request.path)
const seen = (engine: FakeEngine, path: string): SeenRequest | undefined => engine.seen.find((request) => request.path === path)

test('run shows both streams and exits with the code of the process', async () => {
  await using engine = await containerEngine({
    process: (connection, exit) => {
      connection.end(Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n'), frame(1, 'more\n')]))
      exit(42)
    },
  })
  const result = await runCommand(['--socket', engine.socket, 'run', '--rm', 'host', 'sh'])
  assert.deepEqual(result, { code: 42, stdout: 'out\nmore\n', stderr: 'err\n' })
  assert.deepEqual([paths(engine)[0], paths(engine).at(-1)], ['/containers/create', '/containers/abc/start'])
  assert.deepEqual([...paths(engine)].sort(), [
    '/containers/abc/attach',
    '/containers/abc/start',
    '/containers/abc/wait',
    '/containers/create',
  ])
  assert.equal(seen(engine, '/containers/abc/wait')?.query.get('condition'), 'removed')
  assert.deepEqual(
    [...(seen(engine, '/containers/abc/attach')?.query ?? [])],
    [
      ['stream', '1'],
      ['stdout', '1'],
      ['stderr', '1'],
    ],
  )
})

test('run without --rm waits for the next exit', async () => {
  await using engine = await containerEngine({ process: endWith(0) })
  assert.equal((await runCommand(['--socket', engine.socket, 'run', 'host'])).code, 0)
  assert.equal(seen(engine, '/containers/abc/wait')?.query.get('condition'), 'next-exit')
})

test('input is sent, its end too, and output still comes after it', async () => {
  await using engine = await containerEngine({
    process: (connection, exit) => {
      let input = ''
      connection.on('data', (chunk) => {
        input += String(chunk)
      })
      connection.on('end', () => {
        connection.end(frame(1, `got ${input}`))
        exit(0)
      })
    },
  })
  const io = fakeIo()
  io.stdin.end('some text')
  assert.deepEqual(await runCommand(['--socket', engine.socket, 'run', '-i', 'host', 'cat'], io), {
    code: 0,
    stdout: 'got some text',
    stderr: '',
  })
})

test('without -i input is left alone', async () => {
  await using engine = await containerEngine({ process: endWith(0) })
  const io = fakeIo()
  io.stdin.write('not read')
  await runCommand(['--socket', engine.socket, 'run', 'host'], io)
  assert.equal(io.stdin.readableLength, 8)
})

test('a terminal is raw while the process runs, and its size is told', async () => {
  const resized = Promise.withResolvers<void>()
  await using engine = await containerEngine({
    process: (connection, exit) => {
      connection.write('hello\r\n')
      void resized.promise.then(() => endWith(3)(connection, exit))
    },
    more: {
      'POST /containers/abc/resize': (_, response) => {
        resized.resolve()
        json(response, 200, {})
      },
    },
  })
  const io = fakeIo({ terminal: { rows: 30, columns: 100 } })
  assert.deepEqual(await runCommand(['--socket', engine.socket, 'run', '-it', 'host'], io), { code: 3, stdout: 'hello\r\n', stderr: '' })
  assert.deepEqual(io.rawModes, [true, false])
  assert.deepEqual(
    [...(seen(engine, '/containers/abc/resize')?.query ?? [])],
    [
      ['h', '30'],
      ['w', '100'],
    ],
  )
  const body = Object(seen(engine, '/containers/create')?.body)
  assert.deepEqual([body.Tty, body.HostConfig.ConsoleSize], [true, [30, 100]])
})

test('the detach keys leave the process running, and the terminal as it was', async () => {
  let typed = ''
  await using engine = await containerEngine({
    process: (connection) => {
      connection.on('data', (chunk) => {
        typed += String(chunk)
      })
      connection.write('ready')
    },
  })
  const io = fakeIo({ terminal: { rows: 30, columns: 100 } })
  const done = runCommand(['--socket', engine.socket, 'run', '-it', '--detach-keys', 'ctrl-x,d', 'host'], io)
  await io.shown('ready')
  io.stdin.write('ls\u0018')
  io.stdin.write('d')
  assert.equal((await done).code, 0)
  assert.deepEqual(io.rawModes, [true, false])
  assert.ok(!typed.includes('\u0018'))
})

test('signals go to the process, from its start on', async () => {
  const killed = Promise.withResolvers<SeenRequest>()
  const io = fakeIo()
  await using engine = await containerEngine({
    process: (connection, exit) => void killed.promise.then(() => endWith(143)(connection, exit)),
    more: {
      'POST /containers/create': (_, response) => json(response, 201, { Id: 'abc' }),
      'POST /containers/abc/kill': (request, response) => {
        killed.resolve(request)
        json(response, 204, undefined)
      },
    },
  })
  const done = runCommand(['--socket', engine.socket, 'run', 'host', 'sleep', '9'], io)
  while (io.signals.listenerCount('SIGTERM') === 0) await new Promise((resolve) => setImmediate(resolve))
  io.signals.emit('SIGTERM')
  assert.equal((await done).code, 143)
  assert.equal((await killed.promise).query.get('signal'), 'SIGTERM')
  assert.equal(io.signals.listenerCount('SIGTERM'), 0)
})

for (const [code, exitCode] of [
  ['command-not-found', 127],
  ['command-not-executable', 126],
  ['no-such-user', 125],
] as const) {
  test(`a start that fails with ${code} exits with ${exitCode}`, async () => {
    await using engine = await containerEngine({
      process: () => undefined,
      start: (_, response) => json(response, 400, { message: 'run "nope": no such file', code, hint: 'look again' }),
    })
    const result = await runCommand(['--socket', engine.socket, 'run', 'host', 'nope'])
    assert.deepEqual(result, { code: exitCode, stdout: '', stderr: 'pocker: run "nope": no such file\nHint: look again\n' })
  })
}

test("another engine's words for a missing command are understood", async () => {
  await using engine = await containerEngine({
    process: () => undefined,
    start: (_, response) => json(response, 400, { message: 'exec: "nope": executable file not found in $PATH' }),
  })
  assert.equal((await runCommand(['--socket', engine.socket, 'run', 'host', 'nope'])).code, 127)
})

test('run -d prints the ID and does not attach', async () => {
  await using engine = await containerEngine({ process: () => undefined })
  assert.deepEqual(await runCommand(['--socket', engine.socket, 'run', '-d', '--name', 'web', 'host']), {
    code: 0,
    stdout: 'abc\n',
    stderr: '',
  })
  assert.deepEqual(paths(engine), ['/pocker/run'])
  assert.equal(seen(engine, '/pocker/run')?.query.get('name'), 'web')
})

test('run -d of another engine takes two requests', async () => {
  await using engine = await containerEngine({ process: () => undefined, isDocker: true })
  const result = await runCommand(['--socket', engine.socket, 'run', '-d', '--name', 'web', 'host'])
  assert.deepEqual(result, { code: 0, stdout: 'abc\n', stderr: '' })
  assert.deepEqual(paths(engine), ['/pocker/run', '/containers/create', '/containers/abc/start'])
  assert.equal(seen(engine, '/containers/create')?.query.get('name'), 'web')
})

test('the ID of a container that does not start is told, and why', async () => {
  const failure = { message: 'start "nope": no such command', code: 'command-not-found' }
  for (const isDocker of [true, undefined]) {
    await using engine = await containerEngine({
      process: () => undefined,
      ...(isDocker ? { isDocker } : {}),
      start: (_, response) => json(response, 400, failure),
      more: { 'POST /pocker/run': (_, response) => json(response, 400, { ...failure, container: 'abc' }) },
    })
    const { code, stdout, stderr } = await runCommand(['--socket', engine.socket, 'run', '-d', 'host', 'nope'])
    assert.deepEqual([code, stdout], [127, 'abc\n'])
    assert.match(stderr, /no such command/)
  }
})

test('warnings of the creation go to stderr', async () => {
  await using engine = await containerEngine({
    process: () => undefined,
    more: { 'POST /pocker/run': (_, response) => json(response, 201, { Id: 'abc', Warnings: ['no swap here'] }) },
  })
  assert.equal((await runCommand(['--socket', engine.socket, 'run', '-d', 'host'])).stderr, 'WARNING: no swap here\n')
})

test('--explain prints the plan and makes nothing', async () => {
  const steps = [
    { step: 'createProcFolder', call: 'mount', text: '"proc", "/proc"' },
    { step: 'createProcFolder', call: 'mkdirat', text: '3, "x"' },
    { step: 'execute', call: 'execve', text: '"/bin/sh"' },
  ]
  await using engine = await containerEngine({ process: () => undefined, more: { 'POST /pocker/explain': () => ({ steps }) } })
  const result = await runCommand(['--socket', engine.socket, 'run', '--explain', 'host', 'sh'])
  assert.deepEqual(result, {
    code: 0,
    stdout: 'createProcFolder\n  mount("proc", "/proc")\n  mkdirat(3, "x")\n\nexecute\n  execve("/bin/sh")\n',
    stderr: '',
  })
  assert.deepEqual(paths(engine), ['/pocker/explain'])
})

test('--trace prints what each step took, after the run', async () => {
  const steps = [
    { step: 'createProcFolder', microseconds: 12.34 },
    { step: 'execute', microseconds: 300 },
  ]
  await using engine = await containerEngine({
    process: endWith(0, frame(1, 'x\n')),
    more: { 'GET /pocker/containers/abc/trace': () => ({ steps }) },
  })
  const result = await runCommand(['--socket', engine.socket, 'run', '--trace', 'host'])
  assert.deepEqual(result, {
    code: 0,
    stdout: 'x\n',
    stderr: '      12.3 µs  createProcFolder\n     300.0 µs  execute\n     312.3 µs  total\n',
  })
})

test('the ID goes into a file that must not be there before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-cid-'))
  try {
    await using engine = await containerEngine({ process: () => undefined })
    const args = ['--socket', engine.socket, 'run', '-d', '--cidfile', join(folder, 'id'), 'host']
    assert.equal((await runCommand(args)).code, 0)
    assert.equal(readFileSync(join(folder, 'id'), 'utf8'), 'abc')
    assert.equal((await runCommand(args)).code, 125)
    assert.equal(paths(engine).length, 1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a helper that dies meanwhile is told', async () => {
  await using engine = await containerEngine({
    process: (connection) => connection.destroy(),
    start: (_, response) => void response.destroy(),
  })
  const result = await runCommand(['--socket', engine.socket, 'run', 'host'])
  assert.equal(result.code, 125)
  assert.match(result.stderr, /^pocker: read response: /)
})

test('exec runs a command and exits with its code', async () => {
  for (const isDocker of [true, undefined]) {
    await using engine = await fakeEngine({
      ...(isDocker ? { isDocker } : {}),
      hijacked: (_, socket) => void socket.end(frame(1, 'done\n')),
      routes: {
        'POST /containers/web/exec': (_, response) => json(response, 201, { Id: 'e1' }),
        'GET /exec/e1/json': () => ({ ExitCode: 7, Running: false }),
      },
    })
    const result = await runCommand(['--socket', engine.socket, 'exec', '-e', 'A=1', '-w', '/x', 'web', 'ls', '-l'])
    assert.deepEqual(result, { code: 7, stdout: 'done\n', stderr: '' })
    const body = Object(seen(engine, `${isDocker ? '' : '/pocker'}/containers/web/exec`)?.body)
    assert.deepEqual([body.Cmd, body.Env, body.WorkingDir, body.AttachStdin], [['ls', '-l'], ['A=1'], '/x', false])
    if (isDocker) assert.deepEqual(seen(engine, '/exec/e1/start')?.body, { Detach: false, Tty: false })
    else assert.deepEqual(paths(engine), ['/pocker/containers/web/exec', '/exec/e1/json'])
  }
})

test('exec --toolbox needs no command: it is a shell, with a terminal where there is one', async () => {
  for (const terminal of [undefined, { rows: 24, columns: 80 }]) {
    await using engine = await fakeEngine({
      hijacked: (_, socket) => void socket.end(terminal === undefined ? frame(1, 'done\n') : 'done\n'),
      routes: {
        'POST /exec/e1/resize': (_, response) => json(response, 200, {}),
        'GET /exec/e1/json': () => ({ ExitCode: 0, Running: false }),
      },
    })
    const io = fakeIo(terminal === undefined ? {} : { terminal })
    const result = await runCommand(['--socket', engine.socket, 'exec', '--toolbox', 'web'], io)
    assert.deepEqual(result, { code: 0, stdout: 'done\n', stderr: '' })
    const body = Object(seen(engine, '/pocker/containers/web/exec')?.body)
    assert.deepEqual([body.Cmd, body.Toolbox, body.AttachStdin, body.Tty], [[], true, true, terminal !== undefined])
  }
  assert.equal((await runCommand(['--socket', '/nowhere', 'exec', 'web'])).code, 1)
})

test('exec -d does not attach', async () => {
  for (const isDocker of [true, undefined]) {
    await using engine = await fakeEngine({
      ...(isDocker ? { isDocker } : {}),
      routes: {
        'POST /pocker/containers/web/exec': (_, response) => json(response, 201, { Id: 'e1' }),
        'POST /containers/web/exec': (_, response) => json(response, 201, { Id: 'e1' }),
        'POST /exec/e1/start': (_, response) => json(response, 200, {}),
      },
    })
    assert.deepEqual(await runCommand(['--socket', engine.socket, 'exec', '-d', 'web', 'ls']), { code: 0, stdout: '', stderr: '' })
    assert.equal(Object(engine.seen.at(-1)?.body).Detach, true)
    assert.equal(engine.seen.length, isDocker ? 3 : 1)
  }
})

test('-t wants a terminal', async () => {
  const result = await runCommand(['--socket', '/nowhere', 'run', '-it', 'host'])
  assert.deepEqual([result.code, result.stderr.split('\n')[0]], [1, 'pocker: the input device is not a TTY'])
})

test('attach joins a running container and exits with its code', async () => {
  await using engine = await fakeEngine({
    hijacked: (_, socket) => void socket.end(frame(2, 'late\n')),
    routes: {
      'GET /containers/web/json': () => ({
        Id: 'abc',
        State: { Running: true, Paused: false, Restarting: false },
        Config: { Tty: false, OpenStdin: false },
      }),
      'POST /containers/abc/wait': () => ({ StatusCode: 5 }),
    },
  })
  assert.deepEqual(await runCommand(['--socket', engine.socket, 'attach', 'web']), { code: 5, stdout: '', stderr: 'late\n' })
})

test('attach refuses a container that is stopped', async () => {
  await using engine = await fakeEngine({
    routes: { 'GET /containers/web/json': () => ({ Id: 'abc', State: { Running: false }, Config: {} }) },
  })
  assert.equal((await runCommand(['--socket', engine.socket, 'attach', 'web'])).code, 1)
})
