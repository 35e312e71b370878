import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostConfig } from '../../api/host-config.ts'
import { parseLogConfig } from './log-config.ts'
import { randomName } from './names.ts'
import { planNamespaces } from './namespaces.ts'
import { refusal } from './refused.fixture.ts'
import { planRlimits } from './rlimits.ts'
import { parseSecurityOptions } from './security-options.ts'
import { parseSignal } from './signal.ts'
import { planSysctls } from './sysctls.ts'
import { checkName } from './validate.ts'

test('signals by name and number', () => {
  const read = ['SIGTERM', 'term', '15', 'SIGKILL', 'RTMIN', 'SIGRTMIN+3', 'rtmax-1', 'SIGRTMAX', '64'].map(parseSignal)
  assert.deepEqual(read, [15, 15, 15, 9, 34, 37, 63, 64, 64])
})

for (const text of ['', '0', '65', '-1', 'SIG', 'SIGFOO', 'RTMIN-1', 'RTMAX+1', 'RTMIN+31', '9 ', 'TOSTRING', 'constructor']) {
  test(`signal '${text}' is refused`, () => {
    assert.equal(
      refusal(() => parseSignal(text)),
      'bad-signal',
    )
  })
}

test('ulimits', () => {
  const limits = [
    { Name: 'nofile', Soft: 10, Hard: 20 },
    { Name: 'core', Soft: 0 },
    { Name: 'nofile', Soft: -1, Hard: -1 },
  ]
  assert.deepEqual(planRlimits(limits), [
    { type: 'RLIMIT_NOFILE', soft: -1, hard: -1 },
    { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
  ])
})

test('ulimits that cannot be', () => {
  assert.equal(
    refusal(() => planRlimits([{ Name: 'NOFILE', Soft: 1 }])),
    'unknown-ulimit',
  )
  for (const limit of [
    { Name: 'cpu', Soft: 5, Hard: 3 },
    { Name: 'cpu', Soft: -1, Hard: 3 },
    { Name: 'cpu', Soft: -2 },
  ]) {
    assert.equal(
      refusal(() => planRlimits([limit])),
      'bad-ulimit',
    )
  }
})

const sysctls = (config: HostConfig) => planSysctls(config, planNamespaces(config))

test("sysctls: defaults in a network of its own, none in another's", () => {
  assert.deepEqual(sysctls({ Sysctls: { 'net.core.somaxconn': '1024' } }), {
    'net.ipv4.ping_group_range': '0 2147483647',
    'net.ipv4.ip_unprivileged_port_start': '0',
    'net.core.somaxconn': '1024',
  })
  assert.deepEqual(sysctls({ NetworkMode: 'container:x' }), {})
  assert.deepEqual(sysctls({ NetworkMode: 'host', Sysctls: { 'kernel.sem': '1 2 3 4', 'fs.mqueue.msg_max': '5' } }), {
    'kernel.sem': '1 2 3 4',
    'fs.mqueue.msg_max': '5',
  })
})

const refusedSysctls: readonly (readonly [code: string, key: string, value: string, config?: HostConfig])[] = [
  ['bad-sysctl', 'kernel.shmmax', '1+kernel.core_pattern=|/x'],
  ['bad-sysctl', 'kernel.shmmax', '1\n2'],
  ['bad-sysctl', 'net.ipv4.ip_forward/../../kernel/core_pattern', '1'],
  ['bad-sysctl', 'net..x', '1'],
  ['bad-sysctl', 'net', '1'],
  ['bad-sysctl', 'net/core/somaxconn', '1'],
  ['sysctl-not-allowed', 'kernel.core_pattern', '1'],
  ['sysctl-not-allowed', 'vm.swappiness', '1'],
  ['sysctl-not-allowed', 'kernel.hostname', 'x'],
  ['sysctl-not-allowed', 'net.core.somaxconn', '1', { NetworkMode: 'host' }],
  ['sysctl-not-allowed', 'kernel.msgmax', '1', { IpcMode: 'host' }],
]

for (const [code, key, value, config] of refusedSysctls) {
  test(`sysctl ${JSON.stringify(key)}=${JSON.stringify(value)} is refused as ${code}`, () => {
    assert.equal(
      refusal(() => sysctls({ ...config, Sysctls: { [key]: value } })),
      code,
    )
  })
}

test("namespaces: its own, the host's, another container's", () => {
  const types = (config: HostConfig) =>
    planNamespaces(config).map(({ type, container }) => (container === undefined ? type : `${type}=${container}`))
  assert.deepEqual(types({}), ['mount', 'pid', 'uts', 'ipc', 'network', 'cgroup'])
  assert.deepEqual(
    types({ PidMode: 'host', IpcMode: 'host', NetworkMode: 'host', UTSMode: 'host', CgroupnsMode: 'host', UsernsMode: 'host' }),
    ['mount'],
  )
  assert.deepEqual(types({ PidMode: 'container:a', IpcMode: 'container:b', NetworkMode: 'container:c' }), [
    'mount',
    'pid=a',
    'uts',
    'ipc=b',
    'network=c',
    'cgroup',
  ])
})

const modes: readonly (readonly [code: string, config: HostConfig])[] = [
  ['bad-pid-mode', { PidMode: 'container:' }],
  ['bad-pid-mode', { PidMode: 'x' }],
  ['bad-ipc-mode', { IpcMode: 'x' }],
  ['bad-uts-mode', { UTSMode: 'x' }],
  ['userns-not-available', { UsernsMode: 'keep-id' }],
]

for (const [code, config] of modes) {
  test(`${JSON.stringify(config)} is refused as ${code}`, () => {
    assert.equal(
      refusal(() => planNamespaces(config)),
      code,
    )
  })
}

const security = (options: string[], more: HostConfig = {}, appArmor = false) =>
  parseSecurityOptions({ SecurityOpt: options, ...more }, { appArmor })

test('security options', () => {
  assert.deepEqual(security([]), { noNewPrivileges: false, seccomp: { kind: 'default' }, systemPathsUnconfined: false, warnings: [] })
  assert.equal(security(['no-new-privileges']).noNewPrivileges, true)
  assert.equal(security(['no-new-privileges:false']).noNewPrivileges, false)
  assert.deepEqual(security(['seccomp=unconfined']).seccomp, { kind: 'unconfined' })
  assert.deepEqual(security(['seccomp={"a":"b=c"}']).seccomp, { kind: 'profile', json: '{"a":"b=c"}' })
  assert.deepEqual(security([], { Privileged: true }).seccomp, { kind: 'unconfined' })
  assert.deepEqual(security(['seccomp=builtin'], { Privileged: true }).seccomp, { kind: 'default' })
  assert.equal(security(['systempaths=unconfined', 'label=disable', 'apparmor=unconfined']).systemPathsUnconfined, true)
})

test('an AppArmor profile is a warning where there is no AppArmor, and refused where it could not be applied', () => {
  assert.equal(security(['apparmor=mine']).warnings.length, 1)
  assert.equal(
    refusal(() => security(['apparmor=mine'], {}, true)),
    'apparmor-not-available',
  )
})

const options: readonly (readonly [code: string, option: string])[] = [
  ['unknown-security-option', 'x'],
  ['unknown-security-option', 'x=y'],
  ['bad-security-option', 'no-new-privileges=maybe'],
  ['bad-security-option', 'seccomp=/etc/profile.json'],
  ['bad-security-option', 'systempaths=x'],
  ['selinux-not-available', 'label=type:svirt_t'],
]

for (const [code, option] of options) {
  test(`--security-opt ${option} is refused as ${code}`, () => {
    assert.equal(
      refusal(() => security([option])),
      code,
    )
  })
}

const log = (Type: string, Config: Record<string, string> = {}) => parseLogConfig({ LogConfig: { Type, Config } })

test('log configurations', () => {
  assert.deepEqual(parseLogConfig({}), { driver: 'json-file', maxFiles: 1 })
  assert.deepEqual(log('local', { 'max-size': '10m', 'max-file': '3', tag: 'x' }), { driver: 'local', maxSize: 10 * 2 ** 20, maxFiles: 3 })
  assert.deepEqual(
    ['1', '1b', '1k', '1KB', '1.5MiB', '2g'].map((size) => log('', { 'max-size': size }).maxSize),
    [1, 1, 1024, 1024, 1.5 * 2 ** 20, 2 * 2 ** 30],
  )
})

test('log configurations that cannot be', () => {
  assert.equal(
    refusal(() => log('syslog')),
    'unknown-log-driver',
  )
  assert.equal(
    refusal(() => log('', { color: 'red' })),
    'unknown-log-option',
  )
  const bad: Record<string, string>[] = [
    { 'max-size': '0' },
    { 'max-size': '10x' },
    { 'max-size': '-5m' },
    { 'max-file': '0' },
    { 'max-file': 'x' },
  ]
  for (const config of bad) {
    assert.equal(
      refusal(() => log('', config)),
      'bad-log-option',
    )
  }
})

test('names of containers', () => {
  for (const name of ['ab', '/web-1', 'a.b_c']) checkName(name)
  for (const name of ['', 'a', '/', '-ab', 'a b', 'a/b', '../a', 'ä1', 'ab\n']) {
    assert.equal(
      refusal(() => checkName(name)),
      'bad-container-name',
    )
  }
})

test('random names are allowed names and avoid those that are taken', () => {
  const taken = new Set<string>()
  for (let count = 0; count < 500; count++) taken.add(randomName((name) => taken.has(name)))
  assert.equal(taken.size, 500)
  for (const name of taken) checkName(name)
  let asked = 0
  assert.match(
    randomName(() => asked++ < 50),
    /^[a-z]+_[a-z]+[0-9]+$/,
  )
})
