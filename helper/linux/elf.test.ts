import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { buildElf, SCRATCH_ADDRESS } from './elf.ts'
import { architecture, interpreters } from './interpreter.ts'
import { Cell, int32, Label, Program } from './program.ts'

function helloProgram(code: number): Program {
  const program = new Program()
  program.call('write', [1, 'hello\n', 6])
  program.call('exit_group', [code])
  return program
}

function writeProgram(context: TestContext, bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-elf-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'program')
  writeFileSync(path, bytes, { mode: 0o755 })
  return path
}

interface Segment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  readonly size: number
  readonly memory: number
}

function readSegments(file: Buffer): Segment[] {
  const start = Number(file.readBigUInt64LE(32))
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const at = start + index * file.readUInt16LE(54)
    const word = (offset: number) => Number(file.readBigUInt64LE(at + offset))
    return {
      type: file.readUInt32LE(at),
      flags: file.readUInt32LE(at + 4),
      offset: word(8),
      address: word(16),
      size: word(32),
      memory: word(40),
    }
  })
}

for (const [target, machine] of [
  ['x64', 62],
  ['arm64', 183],
] as const) {
  test(`${target}: the header says what it is, and nothing is both writable and executable`, () => {
    const file = Buffer.from(buildElf(helloProgram(0), target, { scratch: 12_345 }))
    assert.equal(file.toString('latin1', 0, 4), '\x7fELF')
    assert.deepEqual([file.readUInt16LE(16), file.readUInt16LE(18)], [2, machine])
    const segments = readSegments(file)
    const [code, data, scratch, stack] = segments
    assert.ok(code && data && scratch && stack && segments.length === 4)
    assert.ok(segments.every(({ flags }) => (flags & 3) !== 3))
    assert.deepEqual([code.flags, data.flags, scratch.flags, stack.flags], [5, 6, 6, 6])
    assert.deepEqual([scratch.address, scratch.memory, scratch.size], [SCRATCH_ADDRESS, 12_345, 0])
    const entry = Number(file.readBigUInt64LE(24))
    assert.ok(entry >= code.address && entry < code.address + code.size)
    assert.ok(file.includes(Buffer.from(interpreters[target].bytes)))
    assert.equal(data.offset + data.size, file.length)
    for (const { offset, address } of segments.slice(0, 3)) assert.equal(offset % 4096, address % 4096)
  })

  const readelf = existsSync('/usr/bin/readelf')
  test(`${target}: readelf has nothing to complain of`, { skip: !readelf && 'no readelf: install binutils' }, (context) => {
    const path = writeProgram(context, buildElf(helloProgram(0), target))
    const { stdout, stderr } = spawnSync('readelf', ['-hl', path], { encoding: 'utf8' })
    assert.equal(stderr, '')
    assert.match(stdout, target === 'x64' ? /X86-64/ : /AArch64/)
    assert.match(stdout, /Type:\s+EXEC/)
  })
}

test('it runs: output, exit code, a loop, and scratch memory', (context) => {
  const path = writeProgram(context, buildElf(helloProgram(7), architecture))
  const { stdout, status } = spawnSync(path, { encoding: 'utf8' })
  assert.deepEqual([stdout, status], ['hello\n', 7])

  const program = new Program()
  const [again, done] = [new Label('again'), new Label('done')]
  const left = int32(3)
  const length = new Cell()
  program.label(again)
  program.call('read', [0, SCRATCH_ADDRESS, 4096], { result: length })
  program.call('write', [1, SCRATCH_ADDRESS, length.value])
  program.place(program.prepare('subtract', [left, int32(1)], { result: left, onZero: done, onError: 'continue' }))
  program.jump(again)
  program.label(done)
  program.call('exit_group', [0])
  const cat = writeProgram(context, buildElf(program, architecture, { scratch: 4096 }))
  assert.equal(execFileSync(cat, { input: 'some text' }).toString(), 'some text')
})
