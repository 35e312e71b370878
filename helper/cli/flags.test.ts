import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FlagSpec } from './flags.ts'
import { parseArguments } from './flags.ts'
import { parseInteger } from './grammar/number.ts'
import { throwsCode } from './testing/throws-code.ts'

const SPECS: readonly FlagSpec[] = [
  { name: 'interactive', short: 'i', kind: 'switch', help: '' },
  { name: 'tty', short: 't', kind: 'switch', help: '' },
  { name: 'sig-proxy', kind: 'switch', initially: true, help: '' },
  { name: 'env', short: 'e', kind: 'list', help: '' },
  { name: 'name', kind: 'text', help: '' },
  { name: 'memory', short: 'm', kind: 'text', help: '' },
  { name: 'network', kind: 'list', help: '' },
  { name: 'net', kind: 'list', help: '', means: 'network' },
]

const parse = (...args: string[]) => parseArguments(SPECS, args, { stopAtPositional: true })

test('bundled short switches are each set', () => {
  const { flags, positionals } = parse('-it', 'image')
  assert.deepEqual([flags.on('interactive'), flags.on('tty'), positionals], [true, true, ['image']])
})

test('a value may stand after, behind or with an equals sign', () => {
  const { flags } = parse('-e', 'A=1', '-eB=2', '-e=C=3', '--env', 'D=4', '--env=E=5', '-ite', 'F=6')
  assert.deepEqual(flags.list('env'), ['A=1', 'B=2', 'C=3', 'D=4', 'E=5', 'F=6'])
})

test('a switch takes a value only with an equals sign', () => {
  const { flags, positionals } = parse('--sig-proxy=false', '--tty', 'false')
  assert.deepEqual([flags.on('sig-proxy'), flags.on('tty'), positionals], [false, true, ['false']])
})

test('a switch that is on from the start stays on when absent', () => assert.equal(parse().flags.on('sig-proxy'), true))

test('the words of the command keep their flags', () => {
  assert.deepEqual(parse('--name', 'x', 'image', 'ls', '-it', '--', '--name').positionals, ['image', 'ls', '-it', '--', '--name'])
})

test('two dashes end the flags', () => assert.deepEqual(parse('--', '-it').positionals, ['-it']))

test('flags may follow words when the command allows it', () => {
  const { flags, positionals } = parseArguments(SPECS, ['one', '-t', '-', 'two'], { stopAtPositional: false })
  assert.deepEqual([flags.on('tty'), positionals], [true, ['one', '-', 'two']])
})

test('another spelling counts as the flag it means', () =>
  assert.deepEqual(parse('--net', 'a', '--network=b').flags.list('network'), ['a', 'b']))

test('the last text wins', () => assert.equal(parse('--name', 'a', '--name=b').flags.text('name'), 'b'))

for (const [args, code] of [
  [['--nope'], 'unknown-flag'],
  [['-x'], 'unknown-flag'],
  [['-itx'], 'unknown-flag'],
  [['---'], 'unknown-flag'],
  [['--=x'], 'unknown-flag'],
  [['--name'], 'flag-needs-argument'],
  [['-e'], 'flag-needs-argument'],
  [['--tty=maybe'], 'invalid-flag-value'],
] as const) {
  test(`${args.join(' ')} fails with ${code}`, () => throwsCode(code, () => parse(...args)))
}

test('a grammar error names flag and value', () => {
  assert.throws(() => parse('-m', 'x').flags.parsed('memory', parseInteger), /invalid argument "x" for "-m, --memory" flag: /)
})

test('any value comes back as it was given, in each spelling', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (value) => {
      assert.deepEqual(parse('--env', value, `--env=${value}`, '-e', value).flags.list('env'), [value, value, value])
    }),
  )
})

test('parsing any words either works or fails with a usage error', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('-it', '--env', '-e', '--tty=0', '--', '-', '--name=x'))), (args) => {
      try {
        parse(...args)
      } catch (error) {
        assert.match(String(error), /flag/)
      }
    }),
  )
})
