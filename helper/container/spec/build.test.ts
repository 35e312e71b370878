import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateRequest } from '../../api/container.ts'
import type { HostConfig } from '../../api/host-config.ts'
import type { Mount, Spec } from '../oci.ts'
import { buildSpec, type SpecInput } from './build.ts'
import { defaultSpec } from './default-spec.fixture.ts'
import { exampleHost } from './example-host.fixture.ts'

const ID = '0123456789abcdef'.repeat(4)

const input: SpecInput = {
  id: ID,
  request: { Image: 'busybox' },
  imageConfig: { Cmd: ['sh'], Env: ['VERSION=1'] },
  layers: ['/layers/2', '/layers/1'],
  imageMounts: [],
  userMounts: [],
  folders: { upper: '/c/upper', work: '/c/work', hosts: '/c/hosts', hostname: '/c/hostname', resolvConf: '/c/resolv.conf' },
  hostname: ID.slice(0, 12),
  user: { uid: 0, gid: 0, additionalGids: [0], home: '/root' },
  limits: {},
  host: exampleHost,
}

const build = (request: CreateRequest, more: Partial<SpecInput> = {}) => buildSpec({ ...input, request, ...more })
const configured = (HostConfig: HostConfig, more: Partial<SpecInput> = {}) => build({ HostConfig }, more)
const options = (spec: Spec, destination: string) => spec.mounts.find((mount) => mount.destination === destination)?.options
const destinations = (spec: Spec) => spec.mounts.map(({ destination }) => destination)
const bind = (destination: string, ...words: string[]): Mount => ({
  destination,
  type: 'bind',
  source: '/src',
  options: ['rbind', ...words],
})

test("a container without options gets Docker's default sandbox, whole", () => {
  const { linux, ...spec } = buildSpec(input)
  const { seccomp, ...rest } = linux
  assert.deepEqual({ ...spec, linux: rest }, defaultSpec)
  assert.ok(seccomp !== undefined && seccomp.length > 1000 && seccomp.length % 8 === 0)
})

test('privileged: all capabilities and devices, no masks, no filter, writable /sys', () => {
  const spec = configured({ Privileged: true })
  assert.equal(spec.process.capabilities.effective.length, 41)
  assert.deepEqual([spec.linux.maskedPaths, spec.linux.readonlyPaths, spec.linux.seccomp], [[], [], undefined])
  assert.deepEqual(spec.linux.resources.devices, [{ allow: true, type: 'a', access: 'rwm' }])
  assert.ok(spec.linux.devices.some(({ path }) => path === '/dev/fuse'))
  assert.deepEqual([options(spec, '/sys')?.includes('ro'), options(spec, '/sys/fs/cgroup')?.includes('ro')], [false, false])
})

test('a plain user has no capabilities but a bounding set', () => {
  const { capabilities } = build({}, { user: { uid: 1000, gid: 1000, additionalGids: [1000], home: '/home/app' } }).process
  assert.equal(capabilities.bounding.length, 14)
  assert.deepEqual([capabilities.effective, capabilities.permitted, capabilities.inheritable, capabilities.ambient], [[], [], [], []])
})

test('a terminal has its size, TERM and no other difference', () => {
  const { process } = build({ Tty: true, HostConfig: { ConsoleSize: [24, 80] } })
  assert.deepEqual([process.terminal, process.consoleSize], [true, { width: 80, height: 24 }])
  assert.ok(process.env.includes('TERM=xterm'))
})

test('masks can be changed and left out', () => {
  assert.deepEqual(configured({ MaskedPaths: ['/x'], ReadonlyPaths: [] }).linux.maskedPaths, ['/x'])
  assert.deepEqual(configured({ MaskedPaths: ['/x'], ReadonlyPaths: [] }).linux.readonlyPaths, [])
  assert.deepEqual(configured({ SecurityOpt: ['systempaths=unconfined'] }).linux.maskedPaths, [])
})

test("the user's mounts come after the defaults, replace them, and never hide the generated files", () => {
  const userMounts = [bind('/etc'), bind('/tmp'), bind('/dev/shm'), bind('/etc/hosts')]
  assert.deepEqual(destinations(configured({}, { userMounts })), [
    '/proc',
    '/dev',
    '/dev/pts',
    '/sys',
    '/sys/fs/cgroup',
    '/dev/mqueue',
    '/etc',
    '/tmp',
    '/etc/resolv.conf',
    '/etc/hostname',
    '/dev/shm',
    '/etc/hosts',
  ])
})

test("over a /dev of the user's nothing is mounted", () => {
  assert.deepEqual(
    destinations(configured({}, { userMounts: [bind('/dev')] })).filter((path) => path.startsWith('/dev')),
    ['/dev'],
  )
})

test("the image's mounts come first and give way to the user's", () => {
  const imageMounts = [bind('/usr', 'ro'), bind('/lib', 'ro')]
  const spec = configured({}, { imageMounts, userMounts: [bind('/lib')] })
  assert.deepEqual(destinations(spec).slice(0, 2), ['/usr', '/proc'])
  assert.deepEqual(options(spec, '/lib'), ['rbind'])
})

test("shared memory: its size, none, the host's, or shared between containers", () => {
  const of = (config: HostConfig) => configured(config).mounts.find(({ destination }) => destination === '/dev/shm')
  assert.ok(of({ ShmSize: 1024 })?.options.includes('size=1024'))
  assert.ok(of({ ShmSize: 0 })?.options.includes('size=67108864'))
  assert.equal(of({ IpcMode: 'none' }), undefined)
  assert.equal(of({ IpcMode: 'host' })?.source, '/dev/shm')
  assert.partialDeepStrictEqual(of({ IpcMode: 'container:x' }), { type: 'bind', source: '/dev/shm', container: 'x' })
  assert.equal(of({ IpcMode: 'shareable' })?.type, 'tmpfs')
  assert.equal(of({})?.type, 'tmpfs')
})

test('a read-only root has read-only files in /etc, and /dev and /proc as ever', () => {
  const spec = configured({ ReadonlyRootfs: true })
  assert.equal(spec.root.readonly, true)
  assert.deepEqual(
    spec.mounts.filter((mount) => !mount.options.includes('ro')).map(({ destination }) => destination),
    ['/proc', '/dev', '/dev/pts', '/dev/mqueue', '/dev/shm'],
  )
})

test("with the host's UTS namespace no name is set", () => {
  const spec = build({ Domainname: 'lan', HostConfig: { UTSMode: 'host' } })
  assert.deepEqual([spec.hostname, spec.domainname], [undefined, undefined])
  assert.equal(build({ Domainname: 'lan' }).domainname, 'lan')
})

test('init is for containers with a pid namespace of their own', () => {
  assert.equal(configured({ Init: true }).process.init, true)
  assert.equal(configured({ Init: true, PidMode: 'host' }).process.init, false)
})

test('the cgroup lies below the parent that was asked for', () => {
  assert.equal(configured({ CgroupParent: '/mine/' }).linux.cgroupsPath, `/mine/${ID}`)
  assert.equal(configured({ CgroupParent: '' }).linux.cgroupsPath, `/pocker/${ID}`)
})

test('limits and device rules meet in the resources', () => {
  const { resources } = configured({}, { limits: { pids: { limit: 5 } } }).linux
  assert.deepEqual(resources.pids, { limit: 5 })
  assert.equal(resources.devices[0]?.allow, false)
})

test('a container that goes at its end need not reach the disk', () => {
  assert.equal(configured({ AutoRemove: true }).root.volatile, true)
})

test('the working directory is cleaned', () => {
  assert.equal(build({ WorkingDir: '/a/../b//c/' }).process.cwd, '/b/c')
})
