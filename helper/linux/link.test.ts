import assert from 'node:assert/strict'
import { test } from 'node:test'
import { END, ENTRY_SIZE, SUBTRACT } from './interpreter.ts'
import { link } from './link.ts'
import { Cell, Label, Program } from './program.ts'
import { syscallNumber } from './syscalls.ts'

const ADDRESS = 0x5000_0000_0000

function words(bytes: Uint8Array, entry: number): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return Array.from({ length: ENTRY_SIZE / 8 }, (_, index) => view.getBigInt64(entry * ENTRY_SIZE + 8 * index, true))
}

test('an entry is ten words: number, arguments, result, and where to go', () => {
  const program = new Program()
  const [start, failed] = [new Label('start'), new Label('failed')]
  const result = new Cell()
  program.label(start)
  program.call('openat', [-100, 1, 2, 3, 4, 5], { result, onZero: start, onError: failed })
  program.end()
  program.label(failed)
  program.end()
  const bytes = new Uint8Array(4096).fill(0xee)
  const linked = link(program, 'arm64', bytes, ADDRESS)
  const place = (offset: number) => BigInt(ADDRESS + offset)
  assert.deepEqual(words(bytes, 0), [
    BigInt(syscallNumber('openat', 'arm64')),
    -100n,
    1n,
    2n,
    3n,
    4n,
    5n,
    place(linked.offsetOf(result)),
    place(0),
    place(2 * ENTRY_SIZE),
  ])
  assert.deepEqual(words(bytes, 1), [BigInt(END), ...Array(9).fill(0n)])
  assert.equal(linked.address, ADDRESS)
  assert.ok(linked.offsetOf(result) >= 3 * ENTRY_SIZE && linked.offsetOf(result) + 8 <= linked.size)
})

test('memory is the program’s own: zeroed where it says so, whatever was there before', () => {
  const program = new Program()
  const [small, large, filled] = [new Cell(), new Cell(24), new Cell(new Uint8Array([1, 2, 3]))]
  program.call('read', [small, large, filled])
  program.end()
  const bytes = new Uint8Array(4096).fill(0xee)
  const linked = link(program, 'x64', bytes, ADDRESS)
  for (const [cell, content] of [
    [small, Array(8).fill(0)],
    [large, Array(24).fill(0)],
    [filled, [1, 2, 3]],
  ] as const) {
    const at = linked.offsetOf(cell)
    assert.deepEqual([...bytes.subarray(at, at + content.length)], content)
    assert.equal(at % 8, 0)
  }
})

test('the same text lies in memory once, the same cell too, different bytes each', () => {
  const size = (...texts: string[]): number => {
    const program = new Program()
    for (const text of texts) program.call('chdir', [text])
    program.end()
    return link(program, 'x64', new Uint8Array(8192), ADDRESS).size - (texts.length + 1) * ENTRY_SIZE - 8 * texts.length
  }
  assert.equal(size('/a/long/path/name'), size('/a/long/path/name', '/a/long/path/name', '/a/long/path/name'))
  assert.equal(size('/a/long/path/name', '/a/long/path/nama'), 2 * size('/a/long/path/name'))
})

test('a value’s uses become copies right behind the call that makes it', () => {
  const program = new Program()
  const fd = new Cell()
  program.call('openat', [0, 'x'], { result: fd })
  program.call('close', [fd.value])
  program.call('close', [fd.value])
  program.end()
  const bytes = new Uint8Array(4096)
  link(program, 'x64', bytes, ADDRESS)
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((entry) => Number(words(bytes, entry)[0])),
    [syscallNumber('openat', 'x64'), SUBTRACT, SUBTRACT, 3, 3, END],
  )
  assert.equal(words(bytes, 1)[7], BigInt(ADDRESS + 3 * ENTRY_SIZE + 8))
  assert.equal(words(bytes, 2)[7], BigInt(ADDRESS + 4 * ENTRY_SIZE + 8))
})

test('what does not fit is refused, at every size', () => {
  const program = new Program()
  program.call('chdir', ['/some/folder'])
  program.call('write', [1, new Uint8Array(100), 100])
  program.end()
  const { size } = link(program, 'x64', new Uint8Array(4096), ADDRESS)
  assert.doesNotThrow(() => link(program, 'x64', new Uint8Array(size), ADDRESS))
  for (let limit = 0; limit < size; limit += 8) {
    assert.throws(() => link(program, 'x64', new Uint8Array(limit), ADDRESS), RangeError, `${limit} of ${size} bytes`)
  }
})

test('labels and cells of another program are refused', () => {
  const jumping = new Program()
  jumping.jump(new Label('nowhere'))
  assert.throws(() => link(jumping, 'x64', new Uint8Array(4096), ADDRESS), /nowhere/)
  const program = new Program()
  program.end()
  assert.throws(() => link(program, 'x64', new Uint8Array(4096), ADDRESS).offsetOf(new Cell()), RangeError)
})
