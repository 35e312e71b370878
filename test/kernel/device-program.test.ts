/** Device programs on the running kernel, attached to a cgroup v2 group of the test's own. */
import assert from 'node:assert/strict'
import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compileDeviceProgram } from '../../helper/container/cgroup/device-program.ts'
import type { DeviceRule } from '../../helper/container/oci.ts'
import { firstDeviceRules, lastDeviceRules } from '../../helper/container/spec/sandbox.ts'
import { attachDeviceProgram } from '../support/attach-device-program.ts'
import { eventually } from '../support/engine.ts'
import { run } from '../support/run.ts'

const mount = /^.* (\/\S*) .* - cgroup2 /m.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1]
const skip = mount === undefined ? 'no cgroup v2 hierarchy is mounted' : false
const parent = join(mount ?? '/', `pocker-test-devices-${process.pid}`)
let groups = 0

before(() => {
  if (skip === false) mkdirSync(parent)
})

after(() => {
  if (skip === false) rmdirSync(parent)
})

/** Tries redirections such as `</dev/zero` in a group with these rules; says which ones work. */
async function opened(rules: readonly DeviceRule[], redirections: readonly string[]): Promise<readonly string[]> {
  const folder = join(parent, `${groups++}`)
  mkdirSync(folder)
  try {
    const descriptor = openSync(folder, 'r')
    try {
      attachDeviceProgram(descriptor, compileDeviceProgram(rules))
    } finally {
      closeSync(descriptor)
    }
    const script = [`echo 0 >${folder}/cgroup.procs || exit 9`, ...redirections.map((each) => `(: ${each}) && echo '${each}'`), 'exit 0']
    const { code, stdout, stderr } = await run('/bin/sh', ['-c', script.join('\n')])
    assert.equal(code, 0, stderr)
    return stdout.trim().split('\n')
  } finally {
    await eventually('its processes have left it', () => tryRemove(folder))
  }
}

/** False while a process is in it: one that has just ended leaves its group a moment after its parent has heard of it. */
function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return false
    throw error
  }
}

test('device program: only reading one device is allowed', { skip }, async () => {
  const rules: readonly DeviceRule[] = [
    { allow: false, type: 'a', access: 'rwm' },
    { allow: true, type: 'c', major: 1, minor: 5, access: 'r' },
  ]
  const tries = ['</dev/zero', '>/dev/zero', '<>/dev/zero', '</dev/null', '</dev/kmsg']
  assert.deepEqual(await opened(rules, tries), ['</dev/zero'])
})

test('device program: all but writing one device is allowed', { skip }, async () => {
  const rules: readonly DeviceRule[] = [
    { allow: true, type: 'a', access: 'rwm' },
    { allow: false, type: 'c', major: 1, minor: 5, access: 'w' },
  ]
  const tries = ['</dev/zero', '>/dev/zero', '<>/dev/zero', '>/dev/null', '</dev/kmsg']
  assert.deepEqual(await opened(rules, tries), ['</dev/zero', '>/dev/null', '</dev/kmsg'])
})

test("device program: the default rules open the container's devices and no other", { skip }, async () => {
  const tries = ['<>/dev/zero', '<>/dev/null', '</dev/urandom', '>/dev/full', '</dev/kmsg', '</dev/mem']
  assert.deepEqual(await opened([...firstDeviceRules, ...lastDeviceRules], tries), tries.slice(0, 4))
})
