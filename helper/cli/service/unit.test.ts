import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { unitProgram, unitText } from './unit.ts'

const PLACE = { program: '/usr/local/lib/pocker/abc', dataRoot: '/var/lib/pocker', runRoot: '/run/pocker' }

test('the unit runs the program, and leaves containers alone when it stops', () => {
  const text = unitText(PLACE)
  assert.match(
    text,
    /^ExecStart="\/usr\/local\/lib\/pocker\/abc\/pocker" "helper" "--idle-timeout" "0" "--data-root" "\/var\/lib\/pocker" "--run-root" "\/run\/pocker"$/m,
  )
  for (const line of ['KillMode=process', 'Delegate=yes', 'Restart=on-failure', 'WantedBy=multi-user.target']) {
    assert.ok(text.split('\n').includes(line), line)
  }
})

for (const odd of ['/plain', '/two words', '/per%cent', '/dollar$HOME', '/quo"te', '/back\\slash', "/it's"]) {
  test(`a path such as ${odd} is read as it was written`, () => {
    const place = { ...PLACE, program: `${odd}/p`, runRoot: `${odd}/r` }
    assert.equal(unitProgram(unitText(place), place.runRoot), `${odd}/p`)
    assert.equal(unitProgram(unitText(place), '/other'), undefined)
  })
}

test('a unit of somebody else’s names no program', () => {
  assert.equal(unitProgram('[Service]\nExecStart=/usr/bin/other\n', '/run/pocker'), undefined)
  assert.equal(unitProgram('', '/run/pocker'), undefined)
})

const analyzes = spawnSync('systemd-analyze', ['--version']).status === 0

test('systemd finds nothing wrong with the unit', { skip: !analyzes && 'systemd-analyze is not there' }, () => {
  using folder = temporaryFolder()
  // What is executed must exist.
  writeFileSync(join(folder.path, 'pocker'), '#!/bin/sh\n', { mode: 0o755 })
  const file = join(folder.path, 'pocker.service')
  writeFileSync(file, unitText({ ...PLACE, program: folder.path }))
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
  assert.doesNotMatch(stderr, /pocker\.service:/)
  assert.equal(status, 0, stderr)
})
