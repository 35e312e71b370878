import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRequestSchema } from '../../helper/api/container.ts'
import { splitWords } from '../text/shell-words.ts'
import type { RunAnswers } from './answers.ts'
import { plainAnswers } from './answers.ts'
import { createRequest } from './create-request.ts'
import { dockerCommand, dockerWords } from './docker-command.ts'

const full: RunAnswers = {
  ...plainAnswers('nginx:1.27'),
  name: 'web',
  command: ['nginx', '-g', 'daemon off;'],
  entrypoint: ['/entry', '-x'],
  ports: [
    { container: 80, protocol: 'tcp', host: 8080, address: '127.0.0.1' },
    { container: 80, protocol: 'tcp', host: 8081, address: '' },
    { container: 53, protocol: 'udp', address: '::1' },
  ],
  workspace: { folder: '/home/me/a:b,c', target: '/workspaces/a:b,c' },
  mounts: [
    { source: 'cache', target: '/cache', mode: 'ro' },
    { target: '/scratch', mode: '' },
  ],
  environment: ['A=$(id)', 'B'],
  terminal: true,
  limits: { memory: 2 ** 29, cpus: 1.5, processes: 50 },
  restart: 'always',
  network: 'shop',
  user: '1000:1000',
  workingDirectory: '/w',
  hostname: 'h',
  labels: { 'a.b': "it's" },
  capAdd: ['NET_ADMIN'],
  capDrop: ['ALL'],
  init: true,
  readOnly: true,
  privileged: true,
  noHealthcheck: true,
}

test('an image alone asks for nothing', () => {
  assert.deepEqual(createRequest(plainAnswers('a')), { Image: 'a', HostConfig: {} })
})

test('every answer reaches the request, and the engine reads it', () => {
  const request = createRequest(full)
  assert.doesNotThrow(() => createRequestSchema.parse(JSON.parse(JSON.stringify(request))))
  assert.deepEqual(request, {
    Image: 'nginx:1.27',
    Cmd: ['nginx', '-g', 'daemon off;'],
    Entrypoint: ['/entry', '-x'],
    Env: ['A=$(id)', 'B'],
    Labels: { 'a.b': "it's" },
    Hostname: 'h',
    User: '1000:1000',
    WorkingDir: '/w',
    ExposedPorts: { '80/tcp': {}, '53/udp': {} },
    Volumes: { '/scratch': {} },
    Tty: true,
    OpenStdin: true,
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      Binds: ['cache:/cache:ro'],
      Mounts: [{ Type: 'bind', Source: '/home/me/a:b,c', Target: '/workspaces/a:b,c' }],
      PortBindings: {
        '80/tcp': [
          { HostIp: '127.0.0.1', HostPort: '8080' },
          { HostIp: '', HostPort: '8081' },
        ],
        '53/udp': [{ HostIp: '::1', HostPort: '' }],
      },
      NetworkMode: 'shop',
      RestartPolicy: { Name: 'always' },
      Memory: 2 ** 29,
      NanoCpus: 1.5e9,
      PidsLimit: 50,
      CapAdd: ['NET_ADMIN'],
      CapDrop: ['ALL'],
      Init: true,
      ReadonlyRootfs: true,
      Privileged: true,
    },
  })
})

test('no entrypoint is one empty word, which the API tells from the image’s', () => {
  assert.deepEqual(createRequest({ ...plainAnswers('a'), entrypoint: [] }).Entrypoint, [''])
})

test('a base keeps what the form does not show, and loses what it does', () => {
  const base = {
    StopSignal: 'SIGINT',
    Tty: true,
    Env: ['OLD=1'],
    HostConfig: { ShmSize: 1024, Memory: 7e6, MemorySwap: 14e6, Privileged: true },
  }
  assert.deepEqual(createRequest(plainAnswers('a'), base), { StopSignal: 'SIGINT', Image: 'a', HostConfig: { ShmSize: 1024 } })
})

test('the docker command says all of it', () => {
  assert.equal(
    dockerCommand(createRequest(full), 'web'),
    `docker run -it --name web --hostname h --user 1000:1000 --workdir /w --env 'A=$(id)' --env B --label 'a.b=it'\\''s' --volume /scratch ` +
      `--no-healthcheck --publish 127.0.0.1:8080:80 --publish 8081:80 --publish '[::1]::53/udp' --volume cache:/cache:ro ` +
      `--mount 'type=bind,"source=/home/me/a:b,c","target=/workspaces/a:b,c"' --network shop --restart always --memory 512m --cpus 1.5 ` +
      `--pids-limit 50 --cap-add NET_ADMIN --cap-drop ALL --init --read-only --privileged --entrypoint /entry nginx:1.27 -x nginx -g 'daemon off;'`,
  )
})

test('a hostile value stays one word of the command', () => {
  for (const value of ['; rm -rf /', '$(id)', '`id`', "'", '"', '\n', '\u001b]0;x\u0007', '-v', '--privileged', '\\', '']) {
    const request = createRequest({ ...plainAnswers('a'), environment: [`X=${value}`], labels: { l: value }, command: [value] })
    const words = splitWords(dockerCommand(request, value))
    assert.deepEqual('value' in words ? words.value : [], dockerWords(request, value))
  }
})

test('an image that looks like a flag is none', () => {
  assert.deepEqual(dockerWords({ Image: '--privileged' }).slice(-2), ['--', '--privileged'])
})
