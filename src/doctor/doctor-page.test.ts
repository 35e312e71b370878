import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '../../helper/api/doctor.ts'
import { changingHost, READY } from '../testing/changing-host.ts'
import { fakeClient } from '../testing/fake-client.ts'
import { doctorPage } from './doctor-page.ts'
import { examineHost } from './examine.ts'

const finding = (state: Finding['state'], more: Partial<Finding> = {}): Finding => ({
  id: state,
  title: state,
  state,
  detail: 'd',
  ...more,
})
const remarks = (findings: readonly Finding[]) =>
  doctorPage(findings, 'this machine').sections.flatMap(({ content }) => (content.kind === 'remarks' ? content.remarks : []))
const summary = (...states: Finding['state'][]) =>
  doctorPage(
    states.map((state) => finding(state)),
    'x',
  ).sections[0]?.content

test('what is amiss comes first, with its remedy and its command; what is well needs none', () => {
  const shown = remarks([
    finding('ok', { remedy: 'no', command: 'no' }),
    finding('limited', { remedy: 'install it', command: 'sudo apt install x' }),
    finding('missing'),
  ])
  assert.deepEqual(
    shown.map(({ title, tone, remedy, command }) => [title, tone, remedy, command]),
    [
      ['missing', 'bad', undefined, undefined],
      ['limited', 'warning', 'install it', 'sudo apt install x'],
      ['ok', 'good', undefined, undefined],
    ],
  )
})

test('texts are harmless, and a command with something in it that is not seen is no command', () => {
  const [shown] = remarks([finding('missing', { detail: 'a\u202eb', command: 'rm\u200b -rf' })])
  assert.deepEqual([shown?.detail, shown?.command], ['a\ufffdb', undefined])
})

test('the summary says the worst', () => {
  const texts = [summary('ok'), summary('ok', 'unknown'), summary('unknown', 'limited'), summary('limited', 'missing')]
  assert.equal(new Set(texts.map((content) => JSON.stringify(content))).size, 4)
})

test('root is never told to run the program in the user’s own folder: the editor’s commands are named instead', async () => {
  const own = '/home/anna/extensions/pocker-0.1.0/pocker'
  const commands = [`sudo ${own} grant 1000`, `sudo '${own}' service install`, 'sudo pocker image prune --all', 'sudo modprobe nf_tables']
  const found = await examineHost(undefined, async () => commands.map((command) => finding('limited', { remedy: 'r', command })))
  assert.deepEqual(
    found.map(({ command }) => command),
    [undefined, undefined, undefined, 'sudo modprobe nf_tables'],
  )
  assert.match(found.map(({ remedy }) => remedy).join(), /Pocker: Start Pocker”.*with This Machine”.*Clean Up….*r$/)
})

test('this machine is examined by the program at hand, others by their helper', async () => {
  const client = fakeClient({ 'GET /pocker/doctor': [{ findings: [finding('missing')] }] })
  const run = async () => [finding('ok')]
  assert.equal((await examineHost(changingHost({ client }), run))[0]?.state, 'ok')
  assert.equal((await examineHost(undefined, run))[0]?.state, 'ok')
  assert.equal((await examineHost(changingHost({ client, kind: 'ssh' }), run))[0]?.state, 'missing')
  assert.equal((await examineHost(changingHost({ client }), undefined))[0]?.state, 'missing')
  const docker = { ...READY, engine: { name: 'Docker' as const, version: '1', apiVersion: '1.47', isPocker: false } }
  await assert.rejects(examineHost(changingHost({ kind: 'socket', state: docker }), run), { code: 'only-pocker' })
  await assert.rejects(examineHost(undefined, undefined), { code: 'no-program' })
})
