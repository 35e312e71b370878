import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingSchema } from '../api/doctor.ts'
import { ALL_WORKS, exampleHost, type HostOptions, V2 } from './check.fixture.ts'
import { type Check, examine } from './check.ts'
import { privilegeChecks } from './checks/privilege.ts'
import { machineChecks } from './doctor.ts'

const ALL: readonly Check[] = [...machineChecks, ...privilegeChecks]

test('on an ordinary machine all is well, as root', () => {
  const findings = examine(exampleHost(), ALL)
  assert.deepEqual(
    findings.filter(({ state }) => state !== 'ok'),
    [],
  )
  assert.equal(new Set(findings.map(({ id }) => id)).size, ALL.length)
})

test('an ordinary user sees nothing wrong, and what takes root is unknown', () => {
  const { asRoot, ...forAll } = ALL_WORKS
  assert.ok(asRoot)
  const findings = examine(exampleHost({ uid: 1000, attempts: forAll }), ALL)
  assert.deepEqual(
    findings.filter(({ state }) => state !== 'ok').map(({ id, state }) => [id, state]),
    [
      ['namespaces', 'unknown'],
      ['overlayfs', 'unknown'],
      ['idmapped-mounts', 'unknown'],
      ['nf-tables', 'unknown'],
    ],
  )
})

test('a machine that the native part does not load on is looked at all the same', () => {
  const findings = examine(exampleHost({ attempts: undefined, files: { '/proc/sys/kernel/seccomp/actions_avail': 'kill errno' } }), ALL)
  assert.ok(findings.length > 10)
  assert.ok(findings.every(({ state }) => state !== 'missing'))
})

const fails = (reason: string) => () => reason
const asRoot = (attempt: keyof NonNullable<typeof ALL_WORKS.asRoot>, reason: string) => ({
  ...ALL_WORKS,
  asRoot: { ...ALL_WORKS.asRoot, [attempt]: fails(reason) },
})
const mountinfo = (text: string) => ({ files: { '/proc/self/mountinfo': text } })
const STATUS = '/proc/self/status'
const onNfs = V2.replace('ext4 /dev/sda1', 'nfs4 server:/')
const V1 = V2.replace('cgroup2 cgroup2 rw', 'cgroup cgroup rw,memory,cpu,pids,cpuset,blkio')

/** What is wrong with the machine, and the one finding that it makes: its state, and words that its sentence has. */
const CASES: readonly (readonly [what: string, host: HostOptions, finding: string, state: string, words: RegExp])[] = [
  ['a processor of another kind', { architecture: 'riscv64' }, 'processor', 'missing', /riscv64/],
  ['Linux 5.11', { release: '5.11.0-generic' }, 'kernel', 'missing', /5\.11\.0-generic/],
  ['a kernel without a number', { release: 'strange' }, 'kernel', 'missing', /strange/],
  [
    'a native part that does not load',
    { attempts: undefined, nativeProblem: 'no such file\nstack' },
    'native-part',
    'missing',
    /no such file\./,
  ],
  ['no seccomp', { attempts: { ...ALL_WORKS, seccomp: fails('ENOSYS') } }, 'seccomp', 'missing', /ENOSYS/],
  ['no namespaces of the network', { files: { '/proc/self/ns/net': undefined } }, 'namespaces', 'missing', /net/],
  ['namespaces forbidden', { files: { '/proc/sys/user/max_net_namespaces': '0\n' } }, 'namespaces', 'missing', /max_net_namespaces is 0/],
  ['namespaces refused', { attempts: asRoot('namespaces', 'EPERM') }, 'namespaces', 'missing', /EPERM/],
  ['no user namespaces', { files: { '/proc/self/ns/user': undefined } }, 'user-namespaces', 'limited', /none/],
  [
    'none for users: a number',
    { files: { '/proc/sys/user/max_user_namespaces': '0' } },
    'user-namespaces',
    'limited',
    /max_user_namespaces/,
  ],
  ['no cgroups', mountinfo(V2.replace('cgroup2 cgroup2', 'tmpfs tmpfs')), 'cgroups', 'missing', /No control groups/],
  ['read-only cgroups', mountinfo(V2.replace('cgroup rw', 'cgroup ro')), 'cgroups', 'missing', /read-only/],
  ['cgroups 1 without devices', mountinfo(V1), 'cgroups', 'missing', /devices/],
  ['cgroups 1 without memory', mountinfo(V1.replace('memory,', 'devices,')), 'cgroups', 'limited', /without memory limits/],
  ['no memory controller', { files: { '/sys/fs/cgroup/cgroup.controllers': 'cpu pids io cpuset' } }, 'cgroups', 'limited', /memory/],
  ['overlayfs refused', { attempts: asRoot('overlay', 'not supported as upperdir') }, 'overlayfs', 'missing', /not supported as upperdir/],
  ['data on NFS', { ...mountinfo(onNfs), attempts: undefined }, 'overlayfs', 'missing', /nfs4/],
  ['a full disk', { free: () => ({ bytes: 1e9, files: 1e6 }) }, 'disk-space', 'limited', /1\.0 GB/],
  ['no inodes left', { free: () => ({ bytes: 50e9, files: 12 }) }, 'disk-space', 'limited', /12 more files/],
  ['a disk of unknown size', { free: () => undefined }, 'disk-space', 'unknown', /var\/lib\/pocker/],
  ['data mounted noexec', mountinfo(V2.replace('rw,relatime', 'rw,noexec,nodev')), 'mount-options', 'limited', /noexec, nodev/],
  ['no idmapped mounts', { attempts: asRoot('idmappedMounts', 'this filesystem cannot') }, 'idmapped-mounts', 'limited', /cannot/],
  ['no nf_tables', { attempts: asRoot('packetFilter', 'the kernel has no nf_tables') }, 'nf-tables', 'limited', /nf_tables/],
  [
    'a firewall that drops',
    { attempts: asRoot('forwarding', 'the chain ip filter FORWARD drops') },
    'forwarding',
    'limited',
    /ip filter FORWARD/,
  ],
  ['no systemd', { files: { '/run/systemd/system': undefined } }, 'service-manager', 'limited', /no systemd/],
  ['a clock that stands still', { now: 0 }, 'clock', 'limited', /1970-01-01/],
  ['WSL 1', { files: { '/proc/version': 'Linux version 4.4.0-19041-Microsoft' } }, 'surroundings', 'missing', /WSL 1/],
  ['Flatpak', { files: { '/.flatpak-info': '' } }, 'surroundings', 'missing', /Flatpak/],
  ['a strict snap', { files: { '/proc/self/attr/current': 'snap.code.code (enforce)\n' } }, 'surroundings', 'missing', /snap/],
  ['a container, as a user', { uid: 1000, files: { '/.dockerenv': '' } }, 'surroundings', 'unknown', /docker/],
  ['root without rights', { files: { [STATUS]: 'CapEff:\t00000000a80425fb\n' } }, 'rights', 'missing', /CAP_SYS_ADMIN/],
  ['root in name only, with the number 0', { files: { '/proc/self/uid_map': '0 0 1' } }, 'rights', 'missing', /ordinary user/],
  ['root in name only', { files: { '/proc/self/uid_map': '0 1000 1' } }, 'rights', 'missing', /ordinary user/],
  ['no sudo', { uid: 1000, files: { '/usr/bin/sudo': undefined } }, 'privilege', 'missing', /neither sudo/],
  ['no new privileges', { uid: 1000, files: { [STATUS]: 'NoNewPrivs:\t1\n' } }, 'privilege', 'missing', /no_new_privs/],
  ['sudo mounted nosuid', { uid: 1000, ...mountinfo(V2.replace('rw,relatime', 'rw,nosuid')) }, 'privilege', 'missing', /nosuid/],
]

for (const [what, host, finding, state, words] of CASES) {
  test(`${what} is found`, () => {
    const found = examine(exampleHost(host), ALL).find(({ id }) => id === finding)
    assert.equal(found?.state, state)
    assert.match(found.detail, words)
    findingSchema.parse(found)
    if (state === 'missing') assert.ok(found.remedy)
  })
}

const WELL: readonly (readonly [what: string, host: HostOptions, finding: string, words: RegExp])[] = [
  ['arm64', { architecture: 'arm64' }, 'processor', /arm64/],
  ['Linux 5.12', { release: '5.12.0' }, 'kernel', /5\.12\.0/],
  ['WSL 2', { files: { '/proc/version': 'Linux version 5.15.167.4-microsoft-standard-WSL2' } }, 'surroundings', /WSL 2/],
  ['a classic snap', { files: { '/proc/self/attr/current': 'snap.code.code (complain)\n' } }, 'surroundings', /machine/],
  ['a container, as root', { files: { '/run/systemd/container': 'lxc\n' } }, 'surroundings', /lxc/],
  ['a container, told by its first process', { files: { '/proc/1/environ': 'A=b\0container=podman\0' } }, 'surroundings', /podman/],
  ['the service', { files: { '/etc/systemd/system/pocker.service': '' } }, 'service-manager', /starts with the machine/],
  ['Docker beside it', { files: { '/var/run/docker.sock': '' } }, 'other-engines', /Docker/],
  ['a filesystem without inodes', { free: () => ({ bytes: 50e9, files: 0 }) }, 'disk-space', /50\.0 GB/],
  ['a desktop', { uid: 1000, env: { DISPLAY: ':0' }, files: { '/usr/bin/pkexec': '' } }, 'privilege', /pkexec, which can ask in a window/],
]

for (const [what, host, finding, words] of WELL) {
  test(`${what} is fine`, () => {
    const found = examine(exampleHost(host), ALL).find(({ id }) => id === finding)
    assert.equal(found?.state, 'ok')
    assert.match(found.detail, words)
  })
}

const FORBIDDEN = [
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', /unprivileged_userns_clone/],
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1', /AppArmor/],
  ['/none', '', /EPERM/],
] as const

for (const [path, value, words] of FORBIDDEN) {
  test(`the reason why users make no namespaces is told: ${words.source}`, () => {
    const attempts = { seccomp: () => undefined, userNamespaces: fails('EPERM') }
    const found = examine(exampleHost({ uid: 1000, attempts, files: { [path]: value } }), ALL).find(({ id }) => id === 'user-namespaces')
    assert.match(found?.detail ?? '', words)
  })
}
