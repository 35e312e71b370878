import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runDoctor } from './run-doctor.ts'

function program(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-doctor-'))
  context.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'pocker'), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  return folder
}

const FINDING = { id: 'kernel', title: 'Linux kernel', state: 'missing', detail: 'too \u202eold', command: 'sudo $(x)' }
const HIDDEN = { ...FINDING, command: 'sudo \u202ex' }

test('findings are read, also of a doctor that has found something missing, and are harmless', async (context) => {
  const folder = program(context, `[ "$*" = 'doctor --json' ] && echo '${JSON.stringify({ findings: [FINDING, HIDDEN] })}'; exit 1`)
  const [finding, hidden] = await runDoctor(folder, {})
  assert.deepEqual(
    [finding?.state, finding?.detail, finding?.command, hidden?.command],
    ['missing', 'too \ufffdold', 'sudo $(x)', undefined],
  )
})

for (const [what, text] of [
  ['says nothing', 'exit 0'],
  ['says nonsense', 'echo "{}"'],
  ['does not run', 'echo "libc: not found" >&2; exit 127'],
] as const) {
  test(`a doctor that ${what} is told`, async (context) => {
    await assert.rejects(runDoctor(program(context, text), {}), { code: 'program-cannot-run' })
  })
}

test('a program that is not there is told', async () => {
  await assert.rejects(runDoctor('/nowhere', {}), { code: 'program-cannot-run' })
})
