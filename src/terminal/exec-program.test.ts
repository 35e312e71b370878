import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShell, read } from './shell.fixture.ts'

test('a shell has a terminal of the right size and colours from its first byte on, and outlives its connection where it can', async (t) => {
  const { engine, made, next, terminal, told } = await openShell(t, { spec: { user: 'me', folder: '/srv', environment: ['A=b'] } })
  const stream = await next()
  assert.deepEqual(made, [
    {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
      Cmd: ['/bin/sh'],
      Env: ['TERM=xterm-256color', 'COLORTERM=truecolor', 'LANG=C.UTF-8', 'A=b'],
      User: 'me',
      WorkingDir: '/srv',
      DetachKeys: 'ctrl-p,ctrl-q',
      Reattach: true,
      ConsoleSize: [24, 80],
    },
  ])
  assert.deepEqual(
    engine.calls.filter((call) => call.startsWith('POST')),
    ['POST /pocker/containers/c1/exec'],
  )
  stream.write('$ ')
  await terminal.until(/^\$ $/)
  const typed = read(stream)
  terminal.type('ls\r')
  assert.equal(await typed, 'ls\r')
  assert.deepEqual(told, ['started e1'])
})

test('with another engine nothing of Pocker’s is asked for, and the size is set after the start too', async (t) => {
  const { made, next, told, terminal } = await openShell(t, { isPocker: false })
  const stream = await next()
  stream.write('x')
  await terminal.until(/x/)
  assert.equal(Object.hasOwn(Object(made[0]), 'Reattach'), false)
  assert.deepEqual(told, ['started e1 for this connection', 'size 80x24'])
})

test('an older helper is asked in Docker’s way, and its shell outlives its connection too', async (t) => {
  const { engine, made, next, told, terminal } = await openShell(t, { isOlder: true })
  const stream = await next()
  stream.write('x')
  await terminal.until(/x/)
  assert.equal(Reflect.get(Object(made[0]), 'Reattach'), true)
  assert.deepEqual(engine.bodies.get('POST /exec/e1/start'), { Detach: false, Tty: true, ConsoleSize: [24, 80] })
  assert.deepEqual(told, ['started e1'])
})

test('a container that has its own characters keeps them', async (t) => {
  const { made, next } = await openShell(t, { containerEnvironment: ['PATH=/bin', 'LC_ALL=de_DE.ISO-8859-1'] })
  await next()
  assert.deepEqual(Reflect.get(Object(made[0]), 'Env'), ['TERM=xterm-256color', 'COLORTERM=truecolor'])
})

test('its exit code is shown; Enter starts another, Escape closes', async (t) => {
  const shell = await openShell(t)
  const first = await shell.next()
  shell.exec = { Running: false, ExitCode: 3 }
  first.end('logout\r\n')
  await shell.terminal.until(/^logout\r\n[^─]*── exited 3 · Enter to start again, Esc to close ──/)
  shell.terminal.type('x')
  shell.terminal.type('\r')
  const second = await shell.next()
  shell.exec = { Running: false, ExitCode: 0 }
  second.end()
  await shell.terminal.until(/exited 0/)
  shell.terminal.type('\x1b')
  assert.equal(await shell.terminal.finished, 0)
  assert.deepEqual(shell.told, ['started e1', 'ended', 'started e2', 'ended'])
})

test('what was typed for the shell is no answer when it has ended', async (t) => {
  const shell = await openShell(t)
  const stream = await shell.next()
  shell.exec = { Running: false, ExitCode: 0 }
  stream.destroy()
  shell.terminal.type('\r')
  await shell.terminal.until(/exited 0/)
  shell.terminal.type('\x1b')
  await shell.terminal.finished
  assert.equal(shell.made.length, 1)
})

test('modes that a killed program has left are taken back', async (t) => {
  const shell = await openShell(t)
  const stream = await shell.next()
  shell.exec = { Running: false, ExitCode: 137 }
  stream.end('\x1b[?1049h\x1b[?25l')
  await shell.terminal.until(/exited 137/)
  assert.ok(shell.terminal.text().includes('\x1b[?1049l\x1b[!p\x1b[?25h'))
})

test('a container that was stopped is started again with its shell', async (t) => {
  const shell = await openShell(t)
  const stream = await shell.next()
  shell.exec = { Running: false, ExitCode: 137 }
  shell.container = { Running: false }
  stream.end()
  await shell.terminal.until(/web was stopped · Enter/)
  shell.exec = { Running: true }
  shell.terminal.type('\r')
  await shell.next()
  assert.ok(shell.engine.calls.includes('POST /containers/c1/start'))
})

test('an engine may know a moment later that the container was stopped', async (t) => {
  const shell = await openShell(t)
  const stream = await shell.next()
  shell.exec = { Running: false, ExitCode: 137 }
  const answer = shell.engine.handlers.get('GET /containers/c1/json') ?? assert.fail()
  shell.engine.handlers.set('GET /containers/c1/json', (request, response, url) => {
    answer(request, response, url)
    shell.container = { Running: false }
  })
  stream.end()
  await shell.terminal.until(/web was stopped/)
})

test('a container that is just being removed is not one that was stopped', async (t) => {
  for (const Running of [true, false]) {
    const shell = await openShell(t)
    const stream = await shell.next()
    shell.exec = { Running: false, ExitCode: 137 }
    shell.container = { Running, Status: 'removing' }
    stream.end()
    await shell.terminal.until(/web was removed · Esc to close/)
  }
})

test('of a container that was removed nothing is left but words', async (t) => {
  const shell = await openShell(t)
  const stream = await shell.next()
  shell.exec = undefined
  shell.container = undefined
  stream.end()
  await shell.terminal.until(/web was removed · Esc to close/)
  shell.terminal.type('\r')
  shell.terminal.type('\x1b')
  await shell.terminal.finished
  assert.equal(shell.made.length, 1)
})

test('a host that is lost is waited for, and the same shell is there again with what it had shown', async (t) => {
  const shell = await openShell(t)
  const first = await shell.next()
  first.write('one\r\n')
  await shell.terminal.until(/one/)
  await shell.engine.stop()
  await shell.terminal.until(/this machine does not answer/)
  await shell.engine.start()
  const second = await shell.next()
  second.write('one\r\ntwo\r\n')
  await shell.terminal.until(/^one\r\ntwo\r\n$/)
  assert.deepEqual(shell.made.length, 1)
  assert.deepEqual(shell.told, ['started e1', 'size 80x25', 'size 80x24'])
})

test('what a terminal answers to questions of the past is not typed into the shell', async (t) => {
  const shell = await openShell(t, { execId: 'old' })
  const stream = await shell.next()
  const typed = read(stream)
  stream.write('\x1b[c$ ')
  await shell.terminal.until(/\$ $/)
  shell.terminal.type('\x1b[?1;2c')
  shell.terminal.type('ls')
  assert.equal(await typed, 'ls')
})

test('another engine’s shell goes with its connection, which is said', async (t) => {
  const shell = await openShell(t, { isPocker: false })
  const stream = await shell.next()
  stream.destroy()
  await shell.terminal.until(/ended with the connection to this machine · Enter to start again/)
})

test('one that goes on elsewhere can be taken back', async (t) => {
  const shell = await openShell(t)
  const first = await shell.next()
  first.end()
  await shell.terminal.until(/in another window perhaps/)
  shell.terminal.type('\r')
  const second = await shell.next()
  second.write('again')
  await shell.terminal.until(/^again$/)
})

test('a start that fails is said in words, and can be tried again', async (t) => {
  const shell = await openShell(t, { isOlder: true })
  const stream = await shell.next()
  shell.exec = { Running: false, ExitCode: 0 }
  stream.end()
  await shell.terminal.until(/exited 0/)
  const create = shell.engine.handlers.get('POST /containers/c1/exec') ?? assert.fail()
  shell.engine.handlers.set('POST /containers/c1/exec', (_request, response) =>
    response.writeHead(409).end(JSON.stringify({ message: 'start the shell: it did not like to' })),
  )
  shell.terminal.type('\r')
  await shell.terminal.until(/Start the shell: it did not like to\. Enter to try again, Esc to close/)
  shell.engine.handlers.set('POST /containers/c1/exec', create)
  shell.terminal.type('\r')
  await shell.next()
})

test('the detach keys leave it running and close the terminal', async (t) => {
  const shell = await openShell(t)
  await shell.next()
  shell.terminal.type('\x10')
  shell.terminal.type('\x11')
  assert.equal(await shell.terminal.finished, undefined)
  await shell.life
  assert.deepEqual(shell.told, ['started e1', 'detached'])
})

test('of many sizes in a row the last one is sent', async (t) => {
  const shell = await openShell(t)
  await shell.next()
  const sizes: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  shell.engine.handlers.set('POST /exec/e1/resize', (_request, response, url) => {
    sizes.push(url.search)
    response.end()
    resolve()
  })
  for (let columns = 81; columns <= 100; columns++) shell.terminal.screen.setDimensions({ columns, rows: 30 })
  await promise
  assert.deepEqual(sizes, ['?h=30&w=100'])
})

test('what is typed before the shell is there is not lost', async (t) => {
  const shell = await openShell(t)
  shell.terminal.type('early')
  const stream = await shell.next()
  assert.equal(await read(stream), 'early')
})

test('5 MB are shown whole, and never more than a few hundred kilobytes ahead of the terminal', async (t) => {
  const shell = await openShell(t)
  const stream = await shell.next()
  const line = `${'0123456789'.repeat(10)}\r\n`
  let unanswered = 0
  let most = 0
  shell.terminal.screen.onDidWrite((written) => {
    unanswered = written === '\x1b[5n' ? unanswered : unanswered + written.length
    most = Math.max(most, unanswered)
  })
  const handleInput = shell.terminal.screen.handleInput.bind(shell.terminal.screen)
  shell.terminal.screen.handleInput = (input) => {
    unanswered = 0
    handleInput(input)
  }
  shell.exec = { Running: false, ExitCode: 0 }
  stream.end(line.repeat(50_000))
  await shell.terminal.until(/exited 0/)
  assert.equal(shell.terminal.text().split(line).length - 1, 50_000)
  assert.ok(most < 700_000, `${most} characters ahead`)
})

test('a shell whose terminal is closed is hung up, and with another engine told to go', async (t) => {
  const shell = await openShell(t)
  await shell.next()
  const hungUp = new Promise<void>((resolve) =>
    shell.engine.handlers.set('POST /pocker/exec/e1/hangup', (_request, response) => {
      response.writeHead(204).end()
      resolve()
    }),
  )
  shell.terminal.screen.close()
  await shell.life
  await shell.program.end()
  await hungUp

  const other = await openShell(t, { isPocker: false })
  const stream = await other.next()
  const goodbye = read(stream)
  other.terminal.screen.close()
  assert.equal(await goodbye, '\x03\x04')
  stream.end()
  await other.life
})
