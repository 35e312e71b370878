/** What a container does to the processes that come into it: by exec, and by a toolbox, which has programs of the host's to show. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { makeCanary } from '../support/canary.ts'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { hijack } from '../support/hijacked.ts'

const skip = whyNoEngine()
/** Docker's fourteen, and with CAP_SYS_PTRACE. */
const FOURTEEN = 'a80425fb'
const AND_TRACE = 'a80c25fb'
let engine: TestEngine

before(async () => {
  if (skip === false) engine = await startEngine()
})
after(async () => {
  if (skip === false) await engine[Symbol.asyncDispose]()
})

async function start(words: readonly string[], command: readonly string[] = ['probe', 'sleep-forever']): Promise<string> {
  const { stdout, stderr, code } = await engine.pocker('run', '-d', ...words, 'tiny', ...command)
  assert.equal(code, 0, stderr)
  return stdout.trim()
}

async function remove(id: string): Promise<void> {
  assert.equal((await engine.pocker('rm', '-f', id)).code, 0)
}

const logs = async (id: string) => (await engine.pocker('logs', id)).stdout

async function exec(id: string, request: object): Promise<number> {
  const { body } = await engine.helper.request('POST', `/containers/${id}/exec`, request)
  return (await engine.helper.request('POST', `/exec/${String(Object(body).Id)}/start`, { Detach: true })).status
}

for (const [name, words, capabilities] of [
  ['a default container', [], FOURTEEN],
  ['a container that may trace', ['--cap-add', 'SYS_PTRACE'], AND_TRACE],
] as const) {
  for (const Toolbox of [false, true]) {
    test(`${name} finds nothing of the helper’s in what ${Toolbox ? 'a toolbox' : 'exec'} brings in`, { skip }, async () => {
      await using canary = makeCanary()
      const id = await start(words, ['probe', 'watch-newcomers', join(canary.path, 'made'), capabilities])
      await eventually('it watches', async () => (await logs(id)).startsWith('ready'))
      for (let count = 0; count < 60; count++) {
        assert.equal(await exec(id, { Cmd: ['true'], Toolbox }), 200)
        assert.equal(await exec(id, { Cmd: ['true'], Toolbox, Tty: true }), 200)
      }
      assert.equal(await logs(id), 'ready\n')
      await remove(id)
      canary.assertUnchanged()
    })
  }
}

test('an exec is in the pid namespace that its container shares with another', { skip }, async () => {
  const other = await start([])
  const id = await start(['--pid', `container:${other}`])
  const pidOf = async (name: string) => Number((await engine.pocker('inspect', '-f', '{{.State.Pid}}', name)).stdout)
  const namespace = readlinkSync(`/proc/${await pidOf(other)}/ns/pid`)
  assert.notEqual(namespace, readlinkSync('/proc/self/ns/pid'))
  for (const words of [[], ['--toolbox']]) {
    assert.equal((await engine.pocker('exec', ...words, id, 'readlink', '/proc/self/ns/pid')).stdout.trim(), namespace)
  }
  await remove(id)
  await remove(other)
})

/** A toolbox that stays, by its pid in the container. */
async function openToolbox(id: string): Promise<{ pid: string; close: () => Promise<void> }> {
  const { body } = await engine.helper.request('POST', `/containers/${id}/exec`, { Toolbox: true, Tty: true, AttachStdin: true })
  const exec = String(Object(body).Id)
  const client = await hijack(engine.helper.socket, `/exec/${exec}/start`, { Tty: true })
  client.socket.write('echo pid=$$\n')
  await client.until(/pid=\d+\r/)
  return {
    pid: /pid=(\d+)\r/.exec(client.text())?.[1] ?? '',
    close: async () => {
      client.socket.write('exit\n')
      await client.ended
    },
  }
}

const inContainer = async (id: string, script: string) => {
  const { stdout, stderr } = await engine.pocker('exec', id, 'sh', '-c', script)
  return stdout + stderr
}

test('through a toolbox’s root a container sees the host’s programs and nothing else, and can write to none', { skip }, async () => {
  await using canary = makeCanary()
  const id = await start([])
  const box = await openToolbox(id)
  const root = `/proc/${box.pid}/root`
  const top = (await inContainer(id, `ls ${root}`)).split('\n')
  assert.ok(top.includes('usr') && top.includes('container'))
  assert.ok(!existsSync('/boot') || !top.includes('boot'))
  assert.match(await inContainer(id, `ls ${root}${canary.path}`), /No such file/)
  assert.match(await inContainer(id, `ls ${root}${engine.helper.dataRoot}`), /No such file/)
  assert.match(await inContainer(id, `cat ${root}/etc/shadow`), /No such file/)
  for (const path of ['/usr/made', '/usr/bin/made', '/etc/hosts', '/etc/resolv.conf']) {
    assert.match(await inContainer(id, `probe open ${root}${path} wc`), /^EROFS/)
  }
  assert.match(await inContainer(id, `rm ${root}/usr/bin/env`), /Read-only file system/)
  assert.match(await inContainer(id, `nsenter --mount=/proc/${box.pid}/ns/mnt true`), /not permitted/i)
  // Not even by what is setuid there: a container without such programs must not come by one.
  const mounts = await inContainer(id, `cat /proc/${box.pid}/mountinfo`)
  for (const line of mounts.split('\n').filter((text) => / \/(usr|etc\/\w+)? (?=r[ow],)/.test(text))) assert.match(line, /nosuid,nodev/)
  // What a container writes into a toolbox is gone with it, and is the container's own trouble.
  await inContainer(id, `echo evil > ${root}/root/.profile`)
  await box.close()
  const next = await openToolbox(id)
  assert.match(await inContainer(id, `ls ${root.replace(box.pid, next.pid)}/root/.profile`), /No such file/)
  await next.close()
  await remove(id)
  canary.assertUnchanged()
})

test('a plain user’s container cannot look into a toolbox at all', { skip }, async () => {
  const id = await start(['--user', '1000'])
  const box = await openToolbox(id)
  const { stdout, stderr } = await engine.pocker(
    'exec',
    '--user',
    '1000',
    id,
    'sh',
    '-c',
    `ls /proc/${box.pid}/root/; readlink /proc/${box.pid}/exe`,
  )
  assert.equal(stdout, '')
  assert.match(stderr, /Permission denied/)
  await box.close()
  await remove(id)
})

test('a toolbox cannot make the host’s programs writable, nor use devices', { skip }, async () => {
  const id = await start([])
  const say = async (...words: string[]) => {
    const { stdout, stderr } = await engine.pocker('exec', '--toolbox', id, ...words)
    return stdout + stderr
  }
  assert.match(await say('touch', '/usr/made'), /Read-only file system/)
  assert.match(await say('mount', '-o', 'remount,rw,bind', '/usr'), /permission denied|not permitted/i)
  assert.match(await say('sh', '-c', 'mknod /tmp/disk b 254 0 && cat /tmp/disk'), /Permission denied|not permitted/i)
  assert.equal(
    (await say('sh', '-c', 'grep -E "^(CapEff|Seccomp|NoNewPrivs):" /proc/self/status')).replaceAll('\t', ' '),
    await statusOf(id),
  )
  assert.equal(existsSync('/usr/made'), false)
  await remove(id)
})

async function statusOf(id: string): Promise<string> {
  const pid = Number((await engine.pocker('inspect', '-f', '{{.State.Pid}}', id)).stdout)
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n')
  const wanted = lines.filter((line) => /^(CapEff|Seccomp|NoNewPrivs):/.test(line))
  return wanted.map((line) => `${line.replaceAll('\t', ' ')}\n`).join('')
}

test('a container whose /proc has become a link gives no toolbox a link to follow', { skip }, async () => {
  await using canary = makeCanary()
  // It takes CAP_SYS_ADMIN to get there, and then the host's root is near anyway; but not by our hand.
  const id = await start(['--cap-add', 'SYS_ADMIN'])
  const script = `umount -l /proc; rmdir /proc; ln -s ${canary.path} /proc; ls -ld /proc`
  assert.match(await inContainer(id, script), /->/)
  assert.equal(await exec(id, { Toolbox: true, Cmd: ['true'] }), 400)
  await remove(id)
  canary.assertUnchanged()
})
