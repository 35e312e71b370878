import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostConfig, MountRequest } from '../../api/host-config.ts'
import type { ContainerMount } from './container-mount.ts'
import { type MountSources, resolveMounts } from './mount-points.ts'
import { refusal } from './refused.fixture.ts'

const sources: MountSources = {
  dataRoot: '/var/lib/pocker',
  kernel: { major: 6, minor: 1 },
  realPath: (path) => (path.startsWith('/missing') ? undefined : path.replace('/link', '/var/lib/pocker/x')),
  volume: (name = 'anonymous') => ({ name, folder: `/var/lib/pocker/volumes/${name}/_data` }),
  mountsOf: () => other,
}

const other: ContainerMount[] = resolveMounts({ Binds: ['/a:/a', 'data:/data:ro'], Tmpfs: { '/t': '' } }, ['/own'], {
  ...sources,
  mountsOf: () => [],
}).mounts.slice()

const resolve = (config: HostConfig, volumes: string[] = []) => resolveMounts(config, volumes, sources)
const mount = (request: Partial<MountRequest>) => resolve({ Mounts: [{ Type: 'bind', Target: '/t', ...request }] })

test('a bind, as the kernel gets it and as inspect shows it', () => {
  const { mounts, foldersToMake } = resolve({ Binds: ['/a:/b:ro'] })
  assert.deepEqual(mounts, [
    {
      mount: { destination: '/b', type: 'bind', source: '/a', options: ['rbind', 'ro', 'rro', 'rprivate'] },
      point: { Type: 'bind', Source: '/a', Destination: '/b', Mode: 'ro', RW: false, Propagation: 'rprivate' },
    },
  ])
  assert.deepEqual(foldersToMake, [])
})

test('a missing source of -v is a folder to make', () => {
  assert.deepEqual(resolve({ Binds: ['/missing/a:/b'] }).foldersToMake, ['/missing/a'])
})

test('a missing source of --mount is refused, or made when asked for', () => {
  assert.equal(
    refusal(() => mount({ Source: '/missing' })),
    'bind-source-missing',
  )
  assert.deepEqual(mount({ Source: '/missing', BindOptions: { CreateMountpoint: true } }).foldersToMake, ['/missing'])
})

test('bind options of --mount', () => {
  const [made] = mount({ Source: '/a', ReadOnly: true, BindOptions: { NonRecursive: true, Propagation: 'shared' } }).mounts
  assert.deepEqual(made?.mount.options, ['bind', 'ro', 'shared'])
})

test('a tmpfs of --mount, and one of --tmpfs, which inspect does not list', () => {
  const [made] = mount({ Type: 'tmpfs', TmpfsOptions: { SizeBytes: 1048576, Mode: 0o1770, Options: [['exec']] } }).mounts
  assert.deepEqual(made?.mount.options, ['exec', 'nosuid', 'nodev', 'mode=1770', 'size=1048576'])
  assert.equal(made?.point?.Type, 'tmpfs')
  const [listed] = resolve({ Tmpfs: { '/run': 'rw,size=64m,exec' } }).mounts
  assert.deepEqual(listed, {
    mount: { destination: '/run', type: 'tmpfs', source: 'tmpfs', options: ['exec', 'nosuid', 'nodev', 'rw', 'size=64m'] },
  })
})

test('volumes: named ones stay, anonymous ones go with the container', () => {
  const { mounts, foldersToMake, volumes, anonymousVolumes } = resolve({ Binds: ['data:/d', 'data:/again'] }, ['/v/../w'])
  assert.deepEqual(
    mounts.map(({ point }) => [point?.Type, point?.Name, point?.Destination]),
    [
      ['volume', 'data', '/d'],
      ['volume', 'data', '/again'],
      ['volume', 'anonymous', '/w'],
    ],
  )
  assert.deepEqual(anonymousVolumes, ['anonymous'])
  assert.deepEqual(
    volumes.map(({ name, anonymous }) => [name, anonymous]),
    [
      ['data', false],
      ['anonymous', true],
    ],
  )
  assert.deepEqual(foldersToMake, [])
})

test('a volume that --mount would make, and a part of it, which nothing of the image is copied to', () => {
  const VolumeOptions = { Subpath: './a//b/', Labels: { l: '1' }, DriverConfig: { Options: { type: 'tmpfs' } } }
  const { mounts, volumes } = resolve({ Mounts: [{ Type: 'volume', Source: 'data', Target: '/t', VolumeOptions }] })
  assert.deepEqual([mounts[0]?.mount.subpath, mounts[0]?.fill], ['a/b/', undefined])
  assert.deepEqual([volumes[0]?.labels, volumes[0]?.options], [{ l: '1' }, { type: 'tmpfs' }])
})

test("an image's volume gives way to any mount of the user's", () => {
  const { mounts, anonymousVolumes } = resolve({ Binds: ['/a:/v'], Tmpfs: { '/w': '' } }, ['/v', '/w/'])
  assert.equal(mounts.length, 2)
  assert.deepEqual(anonymousVolumes, [])
})

test('parents come before children, whatever the order of the request', () => {
  const { mounts } = resolve({ Binds: ['/1:/a/b/c', '/2:/a', '/3:/z', '/4:/a/b'] })
  assert.deepEqual(
    mounts.map((made) => made.mount.destination),
    ['/a', '/z', '/a/b', '/a/b/c'],
  )
})

test('mounts of another container come along, but not its tmpfs, and read-only when asked for', () => {
  const { mounts, anonymousVolumes } = resolve({ VolumesFrom: ['x:ro'], Binds: ['/mine:/a'] })
  assert.deepEqual(
    mounts.map((made) => [made.mount.source, made.mount.options.includes('ro')]),
    [
      ['/mine', false],
      ['/var/lib/pocker/volumes/data/_data', true],
      ['/var/lib/pocker/volumes/anonymous/_data', true],
    ],
  )
  assert.deepEqual(anonymousVolumes, [])
})

const duplicates: HostConfig[] = [
  { Binds: ['/a:/x', '/b:/x/'] },
  { Binds: ['/a:/x'], Tmpfs: { '/x': '' } },
  { Binds: ['/a:/x'], Mounts: [{ Type: 'tmpfs', Target: '/y/../x' }] },
]

for (const config of duplicates) {
  test(`twice the same destination is refused: ${JSON.stringify(config)}`, () => {
    assert.equal(
      refusal(() => resolve(config)),
      'duplicate-mount-point',
    )
  })
}

for (const source of ['/var/lib/pocker', '/var/lib/pocker/images', '/link/y', '/var/lib/../lib/pocker']) {
  test(`the helper's own folder is refused as a source: ${source}`, () => {
    assert.equal(
      refusal(() => resolve({ Binds: [`${source}:/x`] })),
      'own-data-root',
    )
    assert.equal(
      refusal(() => mount({ Source: source })),
      'own-data-root',
    )
  })
}

test('a folder beside the data root with a name that starts alike is fine', () => {
  assert.equal(resolve({ Binds: ['/var/lib/pocker2:/x', '/var/lib:/y'] }).mounts.length, 2)
})

const refusedMounts: readonly (readonly [code: string, request: Partial<MountRequest>])[] = [
  ['bad-mount-path', { Source: '/a', Target: '/' }],
  ['bad-mount-path', { Source: '/a', Target: 'x' }],
  ['bad-mount', { Source: '' }],
  ['bad-mount', { Source: 'a' }],
  ['bad-mount', { Source: '/a', VolumeOptions: {} }],
  ['bad-mount', { Source: '/a', TmpfsOptions: {} }],
  ['bad-mount', { Source: '/a', BindOptions: { ReadOnlyForceRecursive: true } }],
  ['bad-mount', { Type: 'tmpfs', Source: '/a' }],
  ['bad-mount', { Type: 'tmpfs', TmpfsOptions: { SizeBytes: -1 } }],
  ['bad-mount', { Type: 'tmpfs', TmpfsOptions: { Mode: 8 ** 5 } }],
  ['bad-tmpfs-option', { Type: 'tmpfs', TmpfsOptions: { Options: [['size', '1,mode=777']] } }],
  ['bad-mount', { Type: 'volume', ReadOnly: true }],
  ['bad-mount', { Type: 'volume', BindOptions: {} }],
  ['bad-volume-name', { Type: 'volume', Source: '../x' }],
  ['unknown-volume-driver', { Type: 'volume', Source: 'data', VolumeOptions: { DriverConfig: { Name: 'nfs' } } }],
  ['bad-volume-subpath', { Type: 'volume', Source: 'data', VolumeOptions: { Subpath: '../..' } }],
  ['bad-volume-subpath', { Type: 'volume', Source: 'data', VolumeOptions: { Subpath: '/etc' } }],
  ['mount-type-not-available', { Type: 'npipe' }],
]

for (const [code, request] of refusedMounts) {
  test(`--mount ${JSON.stringify(request)} is refused as ${code}`, () => {
    assert.equal(
      refusal(() => mount(request)),
      code,
    )
  })
}

for (const options of ['size', 'size=', 'size=1x', 'mode=999', 'foo', 'uid=-1', 'huge=always', 'ro,,rw']) {
  test(`--tmpfs with '${options}' is refused`, () => {
    assert.equal(
      refusal(() => resolve({ Tmpfs: { '/x': options } })),
      'bad-tmpfs-option',
    )
  })
}

test("over /proc goes the host's own, and files that monitoring tools are given", () => {
  assert.equal(resolve({ Binds: ['/proc:/proc', '/x:/proc/meminfo'] }).mounts.length, 2)
})

test('anything else over or inside /proc is refused, be it the request that wants it or the image', () => {
  const wishes: (readonly [config: HostConfig, volumes?: string[]])[] = [
    [{ Binds: ['/x:/proc'] }],
    [{ Binds: ['/x:/proc/sys'] }],
    [{ Binds: ['/proc/self:/proc/1'] }],
    [{ Tmpfs: { '/proc': '' } }],
    [{}, ['/proc/self/attr']],
    [{}, ['/x/../proc']],
  ]
  for (const [config, volumes] of wishes) {
    assert.equal(
      refusal(() => resolve(config, volumes)),
      'mount-inside-proc',
    )
  }
})
