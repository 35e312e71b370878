import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateRequest } from '../../api/container.ts'
import type { HostConfig } from '../../api/host-config.ts'
import { exampleHost } from './example-host.fixture.ts'
import { refusal } from './refused.fixture.ts'
import { validateRequest } from './validate.ts'

const validate = (request: CreateRequest, name?: string) =>
  validateRequest({ name, request: { Cmd: ['sh'], ...request }, image: {}, host: exampleHost })

test('a plain request passes without warnings', () => {
  assert.deepEqual(validate({ Image: 'host' }, 'web'), [])
})

test('a request as the docker command line sends it passes', () => {
  const request: CreateRequest = {
    Hostname: '',
    Domainname: '',
    User: '',
    AttachStdin: false,
    Tty: true,
    OpenStdin: true,
    Cmd: ['sh'],
    Image: 'host',
    Volumes: {},
    WorkingDir: '',
    Labels: {},
    HostConfig: {
      ContainerIDFile: '',
      LogConfig: { Type: '', Config: {} },
      NetworkMode: 'default',
      PortBindings: {},
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      VolumeDriver: '',
      ConsoleSize: [24, 80],
      CgroupnsMode: '',
      Dns: [],
      DnsOptions: [],
      DnsSearch: [],
      IpcMode: '',
      Cgroup: '',
      Links: [],
      OomScoreAdj: 0,
      PidMode: '',
      UTSMode: '',
      UsernsMode: '',
      ShmSize: 0,
      Isolation: '',
      CpuShares: 0,
      MemorySwappiness: -1,
      Devices: [],
      MaskedPaths: [],
    },
    NetworkingConfig: { EndpointsConfig: { default: null } },
  }
  assert.deepEqual(validate(request), [])
})

const refused: readonly (readonly [code: string, request: CreateRequest, name?: string])[] = [
  ['bad-container-name', {}, 'a b'],
  ['bad-hostname', { Hostname: 'a b' }],
  ['bad-hostname', { Hostname: 'x'.repeat(65) }],
  ['bad-hostname', { Domainname: '-x' }],
  ['no-command', { Cmd: [] }],
  ['bad-command', { Cmd: [''] }],
  ['bad-working-dir', { WorkingDir: 'x' }],
  ['bad-working-dir', { WorkingDir: '/proc/self/fd/7' }],
  ['bad-working-dir', { WorkingDir: '/proc/1/fd/8/' }],
  ['bad-working-dir', { WorkingDir: '/dev/fd/8' }],
  ['bad-working-dir', { WorkingDir: '/proc/thread-self/task/1/cwd/x' }],
  ['bad-env', { Env: [''] }],
  ['bad-env', { Env: ['=x'] }],
  ['bad-user', { User: '-1' }],
  ['bad-signal', { StopSignal: 'SIGFOO' }],
  ['bad-stop-timeout', { StopTimeout: -2 }],
]

for (const [code, request, name] of refused) {
  test(`${JSON.stringify({ name, ...request }).slice(0, 80)} is refused as ${code}`, () => {
    assert.equal(
      refusal(() => validate(request, name)),
      code,
    )
  })
}

const refusedHostConfigs: readonly (readonly [code: string, config: HostConfig])[] = [
  ['maximum-retry-count', { RestartPolicy: { Name: 'always', MaximumRetryCount: 3 } }],
  ['maximum-retry-count', { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: -1 } }],
  ['auto-remove-conflict', { AutoRemove: true, RestartPolicy: { Name: 'always' } }],
  ['unknown-log-driver', { LogConfig: { Type: 'syslog' } }],
  ['bad-shm-size', { ShmSize: -1 }],
  ['bad-oom-score', { OomScoreAdj: 1001 }],
  ['cgroup-path-invalid', { CgroupParent: '/../x' }],
  ['bad-masked-path', { MaskedPaths: ['proc'] }],
  ['unknown-volume-driver', { VolumeDriver: 'nfs' }],
  ['storage-opt-not-available', { StorageOpt: { size: '1g' } }],
  ['unknown-runtime', { Runtime: 'runsc' }],
  ['unknown-isolation', { Isolation: 'hyperv' }],
  ['device-requests-not-available', { DeviceRequests: [{ Count: -1 }] }],
  ['unknown-capability', { CapAdd: ['MAGIC'] }],
  ['bad-device', { Devices: [{ PathOnHost: 'x' }] }],
  ['bad-device-rule', { DeviceCgroupRules: ['x'] }],
  ['unknown-ulimit', { Ulimits: [{ Name: 'x', Soft: 1 }] }],
  ['sysctl-not-allowed', { Sysctls: { 'kernel.panic': '1' } }],
  ['bad-seccomp-profile', { SecurityOpt: ['seccomp={"x":'] }],
  ['bad-user', { GroupAdd: ['a b'] }],
  ['bad-dns', { Dns: ['x'] }],
  ['bad-extra-host', { ExtraHosts: ['x'] }],
  ['conflicting-network-options', { NetworkMode: 'container:x', Dns: ['1.1.1.1'] }],
]

for (const [code, config] of refusedHostConfigs) {
  test(`${JSON.stringify(config).slice(0, 80)} is refused as ${code}`, () => {
    assert.equal(
      refusal(() => validate({ HostConfig: config })),
      code,
    )
  })
}

test('a hostname beside the network or the UTS namespace of somebody else is refused', () => {
  for (const config of [{ NetworkMode: 'container:x' }, { UTSMode: 'host' }]) {
    assert.equal(
      refusal(() => validate({ Hostname: 'a', HostConfig: config })),
      'conflicting-network-options',
    )
  }
})

test('published ports are discarded with a warning where there is nothing to publish', () => {
  const PortBindings = { '80/tcp': [{ HostPort: '80' }] }
  assert.equal(validate({ HostConfig: { NetworkMode: 'host', PortBindings } }).length, 1)
  assert.equal(validate({ HostConfig: { NetworkMode: 'none', PortBindings } }).length, 1)
  assert.deepEqual(validate({ HostConfig: { PublishAllPorts: true, PortBindings: { '80/tcp': null } } }), [])
})

test('an address of the host that the container cannot reach is a warning', () => {
  assert.equal(validate({ HostConfig: { NetworkMode: 'none', ExtraHosts: ['me:host-gateway'] } }).length, 1)
  assert.deepEqual(validate({ HostConfig: { ExtraHosts: ['me:host-gateway'] } }), [])
  assert.deepEqual(validate({ HostConfig: { NetworkMode: 'host', ExtraHosts: ['me:host-gateway'] } }), [])
})
