import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerConfig } from '../../api/container.ts'
import { commitConfig } from './commit-config.ts'

const container: ContainerConfig = {
  Hostname: 'f00',
  Tty: true,
  User: '',
  Env: ['PATH=/bin', 'GONE', 'A=1'],
  Cmd: ['sh'],
  Entrypoint: [],
  WorkingDir: '',
  Labels: { 'pocker.own': 'x', mine: 'y' },
  Volumes: { '/data': {} },
  ExposedPorts: {},
}

test("of the container's configuration an image has what images have", () => {
  assert.deepEqual(
    { ...commitConfig({ container, request: undefined, changes: [] }) },
    { Env: ['PATH=/bin', 'A=1'], Cmd: ['sh'], Volumes: { '/data': {} }, Labels: { mine: 'y' } },
  )
})

test("the request's goes over it, the changes over both", () => {
  const config = commitConfig({
    container,
    request: { User: 'me', Env: ['A=2'], Labels: { mine: 'z' } },
    changes: ['ENV B=$A', 'USER you', 'ENTRYPOINT ["run"]', 'EXPOSE 80'],
  })
  assert.deepEqual(
    { ...config, Labels: { ...config.Labels }, ExposedPorts: { ...config.ExposedPorts } },
    {
      User: 'you',
      Env: ['A=2', 'PATH=/bin', 'B=2'],
      Entrypoint: ['run'],
      Volumes: { '/data': {} },
      Labels: { mine: 'z' },
      ExposedPorts: { '80/tcp': {} },
    },
  )
})

test('bad changes are refused', () => {
  assert.throws(() => commitConfig({ container, request: undefined, changes: ['FROM x'] }), { code: 'bad-change' })
})
