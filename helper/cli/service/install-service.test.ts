import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fakeEngine } from '../testing/fake-engine.ts'
import { installService, startService, uninstallService } from './install-service.ts'
import { installedProgram, requireSystemd } from './systemd.ts'
import { fakeSystemd } from './testing/fake-systemd.ts'

const facts = (pid: number) => ({ version: '0.1.0', pid, program: '/p', socket: '', idleTimeout: 0 })
const target = (socket: string) => ({ socket, foreign: false, dataRoot: '/d', runRoot: '/r' })

test('an installation writes the unit, enables and starts it', async () => {
  await using engine = await fakeEngine({ routes: { 'GET /pocker/helper': () => facts(77) } })
  const system = fakeSystemd()
  system.properties.MainPID = '77'
  assert.equal((await installService(system, target(engine.socket), '/p')).pid, 77)
  assert.deepEqual(system.calls, ['write unit', 'daemon-reload', 'enable pocker.service', 'restart pocker.service'])
  assert.equal(installedProgram(system, '/r'), '/p')
  assert.equal(installedProgram(system, '/other'), undefined)
})

test('a helper on demand makes room before the service starts, and the service’s own does not', async () => {
  const onDemand = spawn('sleep', ['1000'])
  await once(onDemand, 'spawn')
  const events: string[] = []
  await using engine = await fakeEngine({
    routes: {
      'GET /pocker/helper': () => facts(onDemand.pid ?? 0),
      'POST /pocker/leave': () => {
        events.push('leave')
        onDemand.kill()
        return facts(onDemand.pid ?? 0)
      },
    },
  })
  const system = fakeSystemd({ onStart: () => events.push(state(onDemand.pid)) })
  await installService(system, target(engine.socket), '/p')
  assert.deepEqual(events, ['leave', 'ended'])
  system.properties.MainPID = String(onDemand.pid)
  await installService(system, target(engine.socket), '/p')
  assert.deepEqual(events, ['leave', 'ended', 'ended'])
})

test('a start leaves a service alone that is starting already', async () => {
  await using engine = await fakeEngine({ routes: { 'GET /pocker/helper': () => facts(77) } })
  const system = fakeSystemd()
  await startService(system, target(engine.socket))
  assert.deepEqual(system.calls, ['start pocker.service'])
})

for (const fails of ['daemon-reload', 'enable', 'restart']) {
  test(`a first installation whose ${fails} fails leaves nothing`, async () => {
    const system = fakeSystemd({ fails })
    await assert.rejects(installService(system, target('/proc/nowhere'), '/p'), { code: 'systemctl-failed', message: /Failed: something/ })
    assert.equal(system.unit, undefined)
    assert.deepEqual(system.calls.slice(-4), [
      'disable --now pocker.service',
      'remove unit',
      'daemon-reload',
      'reset-failed pocker.service',
    ])
  })
}

test('a service that fails at once is told as such, and an installation of before stays', async () => {
  const system = fakeSystemd()
  system.unit = 'earlier'
  system.properties.ActiveState = 'failed'
  await assert.rejects(installService(system, target('/proc/nowhere'), '/p'), { code: 'service-silent', hint: /journalctl/ })
  assert.notEqual(system.unit, undefined)
})

test('a removal ends the service first', async () => {
  const system = fakeSystemd()
  system.unit = 'text'
  await uninstallService(system)
  assert.deepEqual(system.calls, ['disable --now pocker.service', 'remove unit', 'daemon-reload', 'reset-failed pocker.service'])
})

test('without systemd it is said what to do', () => {
  const system = fakeSystemd({ runs: false })
  assert.throws(() => requireSystemd(system, '/p'), { code: 'no-systemd', hint: /\/p\/pocker helper --idle-timeout 0/ })
  system.unit = 'text'
  assert.equal(installedProgram(system, '/r'), undefined)
})

/** Whether the process has ended: it is gone, or a zombie that this test has not waited for yet. */
function state(pid: number | undefined): 'runs' | 'ended' {
  const path = `/proc/${pid}/status`
  return existsSync(path) && !/^State:\s+Z/m.test(readFileSync(path, 'utf8')) ? 'runs' : 'ended'
}
