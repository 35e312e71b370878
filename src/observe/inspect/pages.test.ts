import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from '../../page/page.ts'
import { containerPage } from './container-page.ts'
import { imageAnswerSchema, imagePage } from './image-page.ts'
import { containerAnswerSchema } from './inspect-answer.ts'

const texts = (page: Page) => JSON.stringify(page)
const fact = (page: Page, name: string) =>
  page.sections.flatMap(({ content }) => (content.kind === 'facts' ? content.facts : [])).find((its) => its.name === name)?.value

const page = (more: Record<string, unknown>) =>
  containerPage(containerAnswerSchema.parse({ Id: 'abc', Name: '/web', ...more }), 'this machine')

test('a container that ended says how; one that runs does not', () => {
  const ended = { Status: 'exited', ExitCode: 137, OOMKilled: true, FinishedAt: '2026-01-01T10:00:00Z' }
  assert.equal(fact(page({ State: ended }), 'Exit code'), '137')
  assert.match(fact(page({ State: ended }), 'Out of memory') ?? '', /memory/)
  assert.equal(fact(page({ State: { Status: 'running', ExitCode: 0, FinishedAt: '0001-01-01T00:00:00Z' } }), 'Exit code'), undefined)
})

test('every part may be missing, and null is no part', () => {
  assert.equal(page({}).title, 'web')
  assert.equal(page({ State: null, Config: null, HostConfig: null, Mounts: null, NetworkSettings: null }).title, 'web')
})

test('commands are shown as a shell would take them, mounts and ports as tables', () => {
  const shown = page({
    Config: { Cmd: ['sh', '-c', 'a b'], Env: ['A=1=2', 'B'], Labels: { 'x\u202e': 'y' } },
    Mounts: [{ Type: 'volume', Name: 'data', Source: '/var/lib/x', Destination: '/data', RW: false }],
    NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }], '90/udp': null } },
  })
  assert.equal(fact(shown, 'Command'), "sh -c 'a b'")
  for (const part of ['["/data","volume","data","read-only"]', '["80/tcp","127.0.0.1:8080"]', '["A","1=2"]', '["B",""]']) {
    assert.ok(texts(shown).includes(part), part)
  }
  assert.ok(!texts(shown).includes('\u202e'))
})

test('an image’s steps are shown from the first on', () => {
  const image = imageAnswerSchema.parse({ Id: 'sha256:abcdef', RepoTags: ['<none>:<none>', 'web:1'], Config: { Cmd: 'run me' } })
  const shown = imagePage(image, [{ CreatedBy: 'second', Size: 5 }, { CreatedBy: 'first' }], 'this machine')
  assert.equal(shown.title, 'web:1')
  assert.ok(texts(shown).includes('[["0 B","first"],["5 B","second"]]'))
})
