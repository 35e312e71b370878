import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CreateRequest } from '../../api/container.ts'
import { createRequestSchema } from '../../api/container.ts'
import { parseArguments } from '../flags.ts'
import { throwsCode } from '../testing/throws-code.ts'
import { CREATE_FLAGS, RUN_FLAGS } from './create-flags.ts'
import { createRequest } from './create-request.ts'

const FILES: Readonly<Record<string, string>> = {
  '/env': 'A=file\nHOME\n',
  '/labels': 'x=1\n',
  '/seccomp': '{"defaultAction": "SCMP_ACT_ALLOW"}',
}
const SOURCES = { readFile: (path: string) => FILES[path] ?? '', env: { HOME: '/home/me' }, cwd: '/home/me' }

function requestOf(...args: string[]): CreateRequest {
  const { flags, positionals } = parseArguments(RUN_FLAGS, args, { stopAtPositional: true })
  return createRequest(flags, positionals, SOURCES)
}

const PLAIN = { AttachStdin: false, AttachStdout: true, AttachStderr: true, Tty: false, OpenStdin: false, StdinOnce: false, HostConfig: {} }

// Each was compared with what Docker's own command line (28.2) sends for the same words.
for (const [line, expected] of [
  ['host', { Image: 'host' }],
  ['host sh -c x', { Image: 'host', Cmd: ['sh', '-c', 'x'] }],
  ['-it host', { Image: 'host', AttachStdin: true, OpenStdin: true, StdinOnce: true, Tty: true }],
  ['-d -it host', { Image: 'host', AttachStdout: false, AttachStderr: false, OpenStdin: true, Tty: true }],
  ['-a stdout -a STDIN host', { Image: 'host', AttachStdin: true, AttachStderr: false }],
  ['-i -a stderr host', { Image: 'host', AttachStdin: true, AttachStdout: false, OpenStdin: true, StdinOnce: true }],
  ['--rootfs ./tree sh', { Rootfs: '/home/me/tree', Cmd: ['sh'] }],
  ['--rootfs /tree', { Rootfs: '/tree' }],
  ['-e A=1 -e HOME -e NOPE --env-file /env host', { Image: 'host', Env: ['A=file', 'HOME=/home/me', 'A=1', 'HOME=/home/me', 'NOPE'] }],
  ['-l a=b -l c --label-file /labels host', { Image: 'host', Labels: { x: '1', a: 'b', c: '' } }],
  ['--entrypoint= host', { Image: 'host', Entrypoint: [''] }],
  [
    '-h name --domainname dom -u 1:2 -w /w --entrypoint sh host',
    { Image: 'host', Hostname: 'name', Domainname: 'dom', User: '1:2', WorkingDir: '/w', Entrypoint: ['sh'] },
  ],
  [
    '-v /a:/b -v vol:/c:ro -v /anon -v ./rel:/d host',
    { Image: 'host', Volumes: { '/anon': {} }, HostConfig: { Binds: ['/a:/b', 'vol:/c:ro', '/home/me/rel:/d'] } },
  ],
  ['--tmpfs /t --tmpfs /u:rw,size=64m host', { Image: 'host', HostConfig: { Tmpfs: { '/t': '', '/u': 'rw,size=64m' } } }],
  [
    '--mount type=bind,src=/a,dst=/b,ro host',
    { Image: 'host', HostConfig: { Mounts: [{ Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true }] } },
  ],
  [
    '-p 8080:80 -p 127.0.0.1:53:53/udp -p 81:80 --expose 99 -P host',
    {
      Image: 'host',
      ExposedPorts: { '80/tcp': {}, '53/udp': {}, '99/tcp': {} },
      HostConfig: {
        PortBindings: {
          '80/tcp': [
            { HostIp: '', HostPort: '8080' },
            { HostIp: '', HostPort: '81' },
          ],
          '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }],
        },
        PublishAllPorts: true,
      },
    },
  ],
  [
    '-m 512m --memory-swap -1 --memory-reservation 1.5g --memory-swappiness 0 --cpus 1.5 -c 512 --cpuset-cpus 0-1 --pids-limit 100 --shm-size 64m host',
    {
      Image: 'host',
      HostConfig: {
        Memory: 536870912,
        MemorySwap: -1,
        MemoryReservation: 1610612736,
        MemorySwappiness: 0,
        NanoCpus: 1500000000,
        CpuShares: 512,
        CpusetCpus: '0-1',
        PidsLimit: 100,
        ShmSize: 67108864,
      },
    },
  ],
  ['--ulimit nofile=1:2 --ulimit nofile=3:4 host', { Image: 'host', HostConfig: { Ulimits: [{ Name: 'nofile', Soft: 3, Hard: 4 }] } }],
  [
    '--network none --pid host --ipc private --uts host --cgroupns host host',
    { Image: 'host', HostConfig: { NetworkMode: 'none', PidMode: 'host', IpcMode: 'private', UTSMode: 'host', CgroupnsMode: 'host' } },
  ],
  [
    '--net mine --network-alias a --ip 10.0.0.2 host',
    {
      Image: 'host',
      HostConfig: { NetworkMode: 'mine' },
      NetworkingConfig: { EndpointsConfig: { mine: { Aliases: ['a'], IPAMConfig: { IPv4Address: '10.0.0.2' } } } },
    },
  ],
  [
    '--privileged --cap-add NET_ADMIN --cap-drop ALL --security-opt seccomp=/seccomp --security-opt systempaths=unconfined host',
    {
      Image: 'host',
      HostConfig: {
        Privileged: true,
        CapAdd: ['NET_ADMIN'],
        CapDrop: ['ALL'],
        SecurityOpt: ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'],
        MaskedPaths: [],
        ReadonlyPaths: [],
      },
    },
  ],
  [
    '--read-only --init --restart on-failure:3 --stop-signal USR1 --stop-timeout 3 --oom-score-adj -500 host',
    {
      Image: 'host',
      StopSignal: 'USR1',
      StopTimeout: 3,
      HostConfig: { ReadonlyRootfs: true, Init: true, RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 }, OomScoreAdj: -500 },
    },
  ],
  ['--init=false --rm=false host', { Image: 'host', HostConfig: { Init: false } }],
  ['--rm --restart no host', { Image: 'host', HostConfig: { AutoRemove: true, RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } } }],
  [
    '--health-cmd true --health-interval 1m30s --health-retries 3 host',
    { Image: 'host', Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 90e9, Retries: 3 } },
  ],
  ['--no-healthcheck host', { Image: 'host', Healthcheck: { Test: ['NONE'] } }],
  [
    '--dns 8.8.8.8 --dns-search example.com --dns-opt ndots:2 --add-host b=[::1] --group-add audio --sysctl net.core.somaxconn=1 host',
    {
      Image: 'host',
      HostConfig: {
        Dns: ['8.8.8.8'],
        DnsSearch: ['example.com'],
        DnsOptions: ['ndots:2'],
        ExtraHosts: ['b:::1'],
        GroupAdd: ['audio'],
        Sysctls: { 'net.core.somaxconn': '1' },
      },
    },
  ],
  [
    '--log-driver json-file --log-opt max-size=10m host',
    { Image: 'host', HostConfig: { LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } } } },
  ],
] as const) {
  test(`run ${line}`, () => {
    const request = requestOf(...line.split(' '))
    assert.deepEqual(request, { ...PLAIN, ...expected })
    // The helper's own parser must take it as it is.
    assert.deepEqual(JSON.parse(JSON.stringify(createRequestSchema.parse(request))), request)
  })
}

for (const [line, code] of [
  ['', 'missing-argument'],
  ['-d -a stdin host', 'conflicting-options'],
  ['--rm --restart always host', 'conflicting-options'],
  ['--no-healthcheck --health-cmd x host', 'conflicting-options'],
  ['--log-driver none --log-opt a=b host', 'conflicting-options'],
  ['--network-alias x host', 'conflicting-options'],
  ['--network a --network a host', 'conflicting-options'],
  ['--network a --network none host', 'conflicting-options'],
  ['-m lots host', 'invalid-flag-value'],
  ['-p x host', 'invalid-flag-value'],
  ['--memory-swappiness 101 host', 'invalid-flag-value'],
  ['--pid nope host', 'invalid-flag-value'],
  ['--uts private host', 'invalid-flag-value'],
  ['--cgroupns shared host', 'invalid-flag-value'],
  ['--sysctl kernel.hostname=x host', 'invalid-flag-value'],
  ['-a stdlog host', 'invalid-flag-value'],
  ['--health-interval -1s host', 'invalid-flag-value'],
  ['--mac-address x host', 'invalid-flag-value'],
  ['-v ::: host', 'invalid-volume'],
  ['--isolation hyperv host', 'invalid-isolation'],
  ['--security-opt apparmor host', 'invalid-security-option'],
] as const) {
  test(`run ${line} fails with ${code}`, () => throwsCode(code, () => requestOf(...line.split(' ').filter((word) => word !== ''))))
}

test('create takes the flags of run but those of attaching', () => {
  const { flags, positionals } = parseArguments(CREATE_FLAGS, ['-i', 'host'], { stopAtPositional: true })
  assert.equal(createRequest(flags, positionals, SOURCES).OpenStdin, true)
})

test('any command comes through word by word', () => {
  fc.assert(fc.property(fc.array(fc.string()), (words) => assert.deepEqual(requestOf('host', ...words).Cmd ?? [], words)))
})
